"""Keys are read again when their file changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from realtime.auth.key_file import KeyFile
from realtime.auth.keys import parse_jwks
from realtime.auth.tokens import verify
from realtime.protocol.errors import ProtocolError
from tests.tokens import ec_key, jwk, jwks, rsa_key, token, written

OLD, NEW = jwk(rsa_key(), "old"), jwk(ec_key(), "new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path, "keys.json", jwks(OLD))


@pytest.fixture
def file(path: Path) -> KeyFile:
    return KeyFile(str(path), parse_jwks)


def replace(path: Path, data: bytes) -> None:
    """As a careful program does it: the file is never half there."""
    os.replace(written(path.parent, "new.json", data), path)


def test_a_key_that_is_added_counts_at_once_and_the_old_one_stays(file: KeyFile, path: Path) -> None:
    file.current()
    replace(path, jwks(OLD, NEW))
    assert verify(token(ec_key(), "ES256", headers={"kid": "new"}), file.current()).client_id == "tms"
    assert verify(token(rsa_key(), "RS256", headers={"kid": "old"}), file.current()).client_id == "tms"


def test_a_key_that_is_taken_away_counts_no_more(file: KeyFile, path: Path) -> None:
    file.current()
    replace(path, jwks(NEW))
    with pytest.raises(ProtocolError, match="kid"):
        verify(token(rsa_key(), "RS256", headers={"kid": "old"}), file.current())


def test_a_file_that_is_written_in_place_is_read_again(file: KeyFile, path: Path) -> None:
    file.current()
    path.write_bytes(jwks(OLD, NEW))
    assert set(file.current()) == {"old", "new"}


def test_a_file_that_did_not_change_is_not_read_again(file: KeyFile) -> None:
    assert file.current() is file.current()


def test_a_file_that_is_half_written_leaves_the_last_keys_and_is_logged_once(
    file: KeyFile, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.current()
    path.write_bytes(jwks(OLD, NEW)[:-5])
    assert set(file.current()) == set(file.current()) == {"old"}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    path.write_bytes(jwks(OLD, NEW))
    assert set(file.current()) == {"old", "new"}


def test_a_file_that_is_gone_for_a_while_leaves_the_last_keys(file: KeyFile, path: Path) -> None:
    file.current()
    path.unlink()
    assert set(file.current()) == {"old"}
    path.write_bytes(jwks(NEW))
    assert set(file.current()) == {"new"}


def test_a_file_that_could_never_be_read_is_an_error_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "later.json"
    file = KeyFile(str(path), parse_jwks)
    with pytest.raises(FileNotFoundError):
        file.current()
    path.write_bytes(b"{}")
    with pytest.raises(ValueError, match="no JWK set"):
        file.current()
    path.write_bytes(jwks(NEW))
    assert set(file.current()) == {"new"}
