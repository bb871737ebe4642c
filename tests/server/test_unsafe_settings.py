"""No server of any kind starts with an open door that nobody meant."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.servers import Server

UNSAFE = {"DEBUG": "false", "SECRET_KEY": "a key for a test that is long enough for everybody", "KITT_AUTH": "open"}
TIMEOUT_S = 30


@pytest.mark.parametrize("kind", ["runserver", "serve", "daphne", "uvicorn"])
def test_an_open_door_without_debug_is_refused(kind: str, tmp_path: Path, migrated_database: Path) -> None:
    server = Server(kind, tmp_path, migrated_database, UNSAFE)
    try:
        assert server.process.wait(TIMEOUT_S) != 0
    except subprocess.TimeoutExpired:
        server.kill()
        raise
    assert "realtime.E101" in server.log.read_text()
