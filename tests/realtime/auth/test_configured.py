from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from realtime.auth.configured import identify
from realtime.protocol.errors import ProtocolError
from tests.tokens import SECRET, ec_key, jwk, jwks, public_pem, rsa_key, token, written


@pytest.fixture
def configure(settings: Settings) -> Any:
    def change(**changes: object) -> None:
        settings.KITT = msgspec.structs.replace(settings.KITT, auth="token", **changes)

    return change


def test_a_secret_verifies_tokens(configure: Any) -> None:
    configure(token_secret=SECRET)
    assert identify(token()).client_id == "tms"


def test_a_public_key_verifies_tokens(configure: Any, tmp_path: Path) -> None:
    configure(token_public_key_file=str(written(tmp_path, "key.pem", public_pem(ec_key()))))
    assert identify(token(ec_key(), "ES256")).client_id == "tms"


def test_a_public_key_may_be_exchanged_while_the_server_runs(configure: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "key.pem", public_pem(rsa_key()))
    configure(token_public_key_file=str(path))
    identify(token(rsa_key(), "RS256"))
    os.replace(written(tmp_path, "next.pem", public_pem(rsa_key(1))), path)
    assert identify(token(rsa_key(1), "RS256")).client_id == "tms"
    with pytest.raises(ProtocolError, match="unauthorized"):
        identify(token(rsa_key(), "RS256"))


def test_a_set_verifies_tokens(configure: Any, tmp_path: Path) -> None:
    configure(token_jwks_file=str(written(tmp_path, "keys.json", jwks(jwk(rsa_key(), "k")))))
    assert identify(token(rsa_key(), "RS256", headers={"kid": "k"})).client_id == "tms"


def test_the_audience_is_that_of_the_settings(configure: Any) -> None:
    configure(token_secret=SECRET, token_audience="kitt")
    assert identify(token(aud="kitt")).client_id == "tms"
    with pytest.raises(ProtocolError, match="audience"):
        identify(token(aud="kitt-staging"))


@pytest.mark.parametrize("changes", [{}, {"token_jwks_file": "/nowhere/keys.json"}])
def test_without_a_key_it_is_our_fault_and_not_the_tokens(
    configure: Any, changes: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    configure(**changes)
    with pytest.raises(ProtocolError, match="internal") as refused:
        identify(token())
    assert "/nowhere" not in refused.value.message
    assert "no token can be verified" in caplog.text
