"""Unsafe and contradictory settings are named, each by its id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from realtime.auth.checks import refuse_unsafe_door
from realtime.conf import KittSettings
from tests.tokens import SECRET, ec_key, jwk, jwks, private_pem, public_pem, written

GOOD_KEY = "V3ry-l0ng-and-random-text-that-nobody-has-ever-seen-before-7714"
SAFE = KittSettings(auth="token", token_secret=SECRET, allowed_origins=("https://dispatch.example",), https=True)

Configure = Callable[..., None]


@pytest.fixture
def configure(settings: Settings) -> Configure:
    """A safe deployment with changes."""
    settings.DEBUG = False
    settings.SECRET_KEY = GOOD_KEY
    settings.ALLOWED_HOSTS = ["kitt.example"]
    settings.KITT = SAFE

    def change(*, debug: bool = False, **changes: object) -> None:
        settings.DEBUG = debug
        settings.KITT = msgspec.structs.replace(SAFE, **changes)

    return change


def ids(*, deploy: bool = False) -> list[str | None]:
    """Of our own."""
    found = run_checks(include_deployment_checks=deploy)
    return [message.id for message in found if str(message.id).startswith("realtime.")]


@pytest.mark.usefixtures("configure")
def test_a_safe_deployment_has_nothing_to_say() -> None:
    assert ids(deploy=True) == []
    refuse_unsafe_door()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"auth": "open"}, ["realtime.E101", "realtime.W102"]),
        ({"auth": "open", "token_secret": ""}, ["realtime.E101"]),
        ({"auth": "open", "token_secret": "", "allow_open": True}, []),
        ({"auth": "open", "token_secret": "", "debug": True}, []),
        ({"auth": "open", "debug": True}, ["realtime.W102"]),
        ({"token_secret": ""}, ["realtime.E103"]),
        ({"token_secret": "", "debug": True}, ["realtime.E103"]),
        ({"token_jwks_file": "keys.json"}, ["realtime.E104"]),
        ({"token_secret": "x" * 31}, ["realtime.E105"]),
        ({"token_secret": "x" * 32}, []),
        ({"token_secret": "é" * 16}, []),
    ],
)
def test_what_is_wrong_with_the_door_is_named_at_every_start(
    configure: Configure, changes: dict[str, object], found: list[str]
) -> None:
    configure(**changes)
    assert ids() == found


@pytest.mark.parametrize("name", ["token_jwks_file", "token_public_key_file"])
@pytest.mark.parametrize("data", [None, b"", private_pem(ec_key()), jwks(), b"\xff"])
def test_a_file_without_a_usable_key_is_named(
    configure: Configure, tmp_path: Path, name: str, data: bytes | None
) -> None:
    path = tmp_path / "keys" if data is None else written(tmp_path, "keys", data)
    configure(token_secret="", **{name: str(path)})
    assert ids() == ["realtime.E106"]


def test_a_folder_is_no_file(configure: Configure, tmp_path: Path) -> None:
    configure(token_secret="", token_public_key_file=str(tmp_path))
    assert ids() == ["realtime.E106"]


def test_files_with_usable_keys_are_good(configure: Configure, tmp_path: Path) -> None:
    configure(token_secret="", token_public_key_file=str(written(tmp_path, "key.pem", public_pem(ec_key()))))
    assert ids() == []
    configure(token_secret="", token_jwks_file=str(written(tmp_path, "keys.json", jwks(jwk(ec_key(), "k")))))
    assert ids() == []


def test_a_secret_is_not_shown_by_what_is_said_about_it(configure: Configure) -> None:
    configure(token_secret="hunter2", token_jwks_file="keys.json")
    assert "hunter2" not in str(run_checks(include_deployment_checks=True))
    configure(token_secret="hunter2")
    assert "hunter2" not in str(run_checks(include_deployment_checks=True))


@pytest.mark.parametrize(
    "key", ["insecure-" + GOOD_KEY, "django-insecure-" + GOOD_KEY, GOOD_KEY[:49], "ab" * 40], ids=range(4)
)
def test_a_weak_secret_key_is_named_before_a_deployment(configure: Configure, settings: Settings, key: str) -> None:
    settings.SECRET_KEY = key
    assert ids() == []
    assert ids(deploy=True) == ["realtime.E111"]


def test_the_key_of_development_is_named_before_a_deployment(configure: Configure, settings: Settings) -> None:
    text = (Path(__file__).resolve().parents[3] / "kitt_project" / "settings.py").read_text()
    assert 'or "insecure-development-key' in text
    settings.SECRET_KEY = text.partition('key or "')[2].partition('"')[0]
    assert ids(deploy=True) == ["realtime.E111"]


@pytest.mark.parametrize("debug", [False, True])
def test_wildcards_are_named_before_a_deployment(configure: Configure, settings: Settings, debug: bool) -> None:
    configure(allowed_origins=("*",), debug=debug)
    settings.ALLOWED_HOSTS = ["kitt.example", "*"]
    assert ids() == []
    assert ids(deploy=True) == ([] if debug else ["realtime.E112", "realtime.E113"])


def test_a_door_that_is_open_on_purpose_is_named_before_a_deployment(configure: Configure) -> None:
    configure(auth="open", token_secret="", allow_open=True)
    assert ids() == []
    assert ids(deploy=True) == ["realtime.W114"]


@pytest.mark.parametrize("debug", [False, True])
def test_cookies_over_plain_http_are_named_before_a_deployment(configure: Configure, debug: bool) -> None:
    configure(https=False, debug=debug)
    assert ids(deploy=True) == ([] if debug else ["realtime.W115"])


def test_checks_of_a_deployment_are_among_those_of_security(configure: Configure) -> None:
    configure(allowed_origins=("*",))
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert "realtime.E113" in [message.id for message in found]


def test_every_message_has_a_hint(configure: Configure, settings: Settings) -> None:
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = "x", ["*"]
    messages = []
    for changes in (
        {"auth": "open", "allowed_origins": ("*",), "https": False},
        {"token_secret": ""},
        {"token_jwks_file": "x"},
        {"token_secret": "x"},
        {"token_secret": "", "token_jwks_file": "/nowhere"},
    ):
        configure(**changes)
        messages += run_checks(include_deployment_checks=True)
    ours = {message.id: message for message in messages if str(message.id).startswith("realtime.")}
    assert len(ours) == 11
    assert all(message.hint for message in ours.values())


def test_a_server_that_runs_no_checks_refuses_an_unsafe_door(configure: Configure) -> None:
    configure(auth="open", token_secret="")
    with pytest.raises(ImproperlyConfigured, match=r"realtime\.E101.*KITT_ALLOW_OPEN"):
        refuse_unsafe_door()
