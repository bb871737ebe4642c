"""manage.py issue_token"""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from pytest_django import Settings

from realtime.auth.configured import identify
from realtime.auth.keys import parse_jwks
from realtime.auth.tokens import LEEWAY_S, verify
from tests.tokens import SECRET, ec_key, jwk, jwks, private_pem, rsa_key, written


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="token", token_secret=SECRET)


def run(*arguments: str) -> tuple[str, str]:
    """What goes to standard output and to standard error."""
    output, errors = StringIO(), StringIO()
    call_command("issue_token", *arguments, stdout=output, stderr=errors)
    return output.getvalue().rstrip("\n"), errors.getvalue()


def test_a_token_alone_is_on_standard_output_and_counts_here() -> None:
    token, said = run("tablet-7", "--publish", "freight", "--subscribe", "freight", "packing")
    identity = identify(token)
    assert (identity.client_id, identity.publish, identity.subscribe) == (
        "tablet-7",
        frozenset({"freight"}),
        frozenset({"freight", "packing"}),
    )
    assert f"client_id=tablet-7 token_id={identity.token_id} expires=2" in said
    assert token not in said


def test_every_token_has_an_id_of_its_own() -> None:
    assert identify(run("tms")[0]).token_id != identify(run("tms")[0]).token_id


def test_the_id_may_be_chosen() -> None:
    token, said = run("tms", "--token-id", "t-1")
    assert identify(token).token_id == "t-1"
    assert "token_id=t-1" in said


@pytest.mark.parametrize(("arguments", "seconds"), [((), 3600), (("--expires-in", "2d"), 2 * 86400)])
def test_a_token_lives_for_an_hour_or_as_long_as_it_is_told(arguments: tuple[str, ...], seconds: int) -> None:
    before = int(time.time())
    assert before + seconds <= identify(run("tms", *arguments)[0]).expires_at - LEEWAY_S <= time.time() + seconds


def test_without_rights_it_gives_none() -> None:
    identity = identify(run("tms")[0])
    assert not identity.publish | identity.subscribe


@pytest.mark.parametrize("key", [rsa_key(), ec_key()], ids=["RS256", "ES256"])
def test_a_private_key_signs_for_a_server_that_has_the_public_one(
    tmp_path: Path, settings: Settings, key: ec.EllipticCurvePrivateKey
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, token_secret="", token_audience="kitt")
    path = written(tmp_path, "private.pem", private_pem(key))
    token, _ = run("tms", "--private-key", str(path), "--kid", "k")
    assert verify(token, parse_jwks(jwks(jwk(key, "k"))), audience="kitt").client_id == "tms"


def test_a_token_that_this_server_refuses_is_given_with_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path, "private.pem", private_pem(ec_key()))
    token, said = run("tms", "--private-key", str(path))
    assert token
    assert "warning: this server would refuse it" in said


def test_where_no_token_is_looked_at_it_says_so(settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="open")
    assert "KITT_AUTH=open" in run("tms")[1]


def test_without_any_key_it_says_what_to_do(settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, token_secret="")
    with pytest.raises(CommandError, match="KITT_TOKEN_SECRET"):
        run("tms")


@pytest.mark.parametrize("data", [b"", private_pem(ec_key(0, ec.SECP384R1())), private_pem(ec_key(), b"password")])
def test_a_file_that_holds_no_usable_key_is_named(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, "private.pem", data)
    with pytest.raises(CommandError, match=r"private\.pem"):
        run("tms", "--private-key", str(path))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("tms", "--private-key", "/nowhere/private.pem")


@pytest.mark.parametrize(
    "arguments",
    [("a b",), ("tms", "--publish", "trucks"), ("tms", "--expires-in", "soon"), ("tms", "--token-id", "")],
)
def test_what_no_token_can_say_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
