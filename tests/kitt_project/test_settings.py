"""A wrong variable stops the start with its name; an empty one means the default."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from realtime.conf import KittSettings, from_environment

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")
)
Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """The settings for these variables; every other one is set, but empty, which also hides a .env file."""

    def run(**variables: str) -> dict[str, Any]:
        for name in EXAMPLE:
            monkeypatch.setenv(name, "")
        monkeypatch.setenv("LOG_FILE", str(tmp_path / "logs" / "kitt.log"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "kitt_project" / "settings.py"))

    return run


def test_nothing_needs_to_be_set(load: Load) -> None:
    settings = load()
    assert settings["DEBUG"] is True
    assert settings["KITT"] == KittSettings()
    assert settings["DATABASES"]["default"]["NAME"] == str(ROOT / "kitt.sqlite3")
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_the_example_file_holds_the_defaults(load: Load) -> None:
    defaults = load(LOG_FILE="")
    example = load(**EXAMPLE)
    assert {name: example[name] for name in example if name.isupper()} == {
        name: defaults[name] for name in defaults if name.isupper()
    }


def test_the_example_file_names_every_kitt_variable() -> None:
    fields = {f"KITT_{field.upper()}" for field in KittSettings.__struct_fields__}
    assert {name for name in EXAMPLE if name.startswith("KITT_")} == fields
    assert from_environment(EXAMPLE) == KittSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("DATABASE_URL", "kitt.sqlite3"),
        ("DATABASE_URL", "://"),
        ("LOG_LEVEL", "LOUD"),
        ("KITT_STALE_AFTER", "soon"),
    ],
)
@pytest.mark.filterwarnings("ignore:Engine not recognized")
def test_a_bad_value_stops_the_start_with_the_variables_name(load: Load, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        load(**{name: value})


@pytest.mark.parametrize("url", ["postgres://kitt:hunter/2@db/kitt", "postgres://kitt:hunter2@db:many/kitt"])
def test_a_database_url_that_cannot_be_split_is_named_and_not_shown(load: Load, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as caught:
        load(DATABASE_URL=url)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:6379", "http://:hunter2@localhost", "redis://:hunter2@localhost:many"])
def test_a_redis_url_that_is_none_is_named_and_not_shown(load: Load, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL") as caught:
        load(REDIS_URL=url)
    assert "hunter" not in str(caught.value)


def test_with_a_redis_url_the_layer_crosses_processes(load: Load) -> None:
    layer = load(REDIS_URL="redis://localhost:6379/7")["CHANNEL_LAYERS"]["default"]["CONFIG"]["upstream"]
    assert layer["CONFIG"]["hosts"][0]["address"] == "redis://localhost:6379/7"
    assert load()["CHANNEL_LAYERS"]["default"]["CONFIG"]["upstream"] is None


def test_a_database_url_of_an_unknown_kind_is_named(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        load(DATABASE_URL="bogus://db/kitt")


def test_without_debug_a_secret_key_must_be_set(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        load(DEBUG="false")


def test_without_debug_a_secret_key_is_enough(load: Load) -> None:
    settings = load(DEBUG="off", SECRET_KEY="a key")
    assert settings["DEBUG"] is False
    assert settings["SECRET_KEY"] == "a key"


def test_without_debug_a_token_is_asked_for(load: Load) -> None:
    assert load(DEBUG="false", SECRET_KEY="a key")["KITT"].auth == "token"


def test_a_secret_key_may_begin_with_a_dollar_sign(load: Load) -> None:
    assert load(SECRET_KEY="$ecret")["SECRET_KEY"] == "$ecret"


@pytest.mark.parametrize(("text", "value"), [("1", True), ("YES", True), ("On", True), ("0", False), ("No", False)])
def test_debug_takes_the_usual_words(load: Load, text: str, value: bool) -> None:
    assert load(DEBUG=text, SECRET_KEY="a key")["DEBUG"] is value


def test_a_log_level_may_be_in_small_letters(load: Load) -> None:
    assert load(LOG_LEVEL="debug")["LOGGING"]["loggers"]["realtime"]["level"] == "DEBUG"


def test_a_postgresql_url_is_taken_as_it_is(load: Load) -> None:
    database = load(DATABASE_URL="postgres://kitt:secret@db:5433/hub")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "hub")
    assert "pool" in database["OPTIONS"]


def test_allowed_hosts_are_separated_by_commas(load: Load) -> None:
    assert load(ALLOWED_HOSTS="kitt.example, 10.0.0.1")["ALLOWED_HOSTS"] == ["kitt.example", "10.0.0.1"]


def test_the_folder_of_the_log_is_made(load: Load, tmp_path: Path) -> None:
    load(LOG_FILE=str(tmp_path / "a" / "b" / "kitt.log"))
    assert (tmp_path / "a" / "b").is_dir()


def test_the_allowed_origins_are_those_of_cors(load: Load) -> None:
    settings = load(KITT_ALLOWED_ORIGINS="https://a.example, https://b.example")
    assert settings["CORS_ALLOW_ALL_ORIGINS"] is False
    assert settings["CORS_ALLOWED_ORIGINS"] == ["https://a.example", "https://b.example"]


def test_manage_py_ends_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITT_RATE_LIMIT", "fast")
    finished = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode != 0
    assert "KITT_RATE_LIMIT='fast'" in finished.stderr.splitlines()[-1]


@pytest.mark.parametrize(("text", "is_on"), [("true", True), ("", False)])
def test_where_browsers_come_by_https_cookies_go_nowhere_else(load: Load, text: str, is_on: bool) -> None:
    settings = load(KITT_HTTPS=text)
    assert settings["SESSION_COOKIE_SECURE"] is is_on
    assert settings["CSRF_COOKIE_SECURE"] is is_on
    assert bool(settings["SECURE_HSTS_SECONDS"]) is is_on


def test_a_safe_deployment_passes_every_check_of_django_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    safe = {
        "DEBUG": "false",
        "SECRET_KEY": "V3ry-l0ng-and-random-text-that-nobody-has-ever-seen-before-7714",
        "ALLOWED_HOSTS": "kitt.example",
        "KITT_ALLOWED_ORIGINS": "https://dispatch.example",
        "KITT_AUTH": "token",
        "KITT_TOKEN_SECRET": "a secret of the tests, with more than 32 bytes",
        "KITT_HTTPS": "true",
        "LOG_FILE": str(tmp_path / "kitt.log"),
    }
    for name, value in {**dict.fromkeys(EXAMPLE, ""), **safe}.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")
