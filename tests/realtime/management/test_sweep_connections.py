"""manage.py sweep_connections"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from realtime.management.commands.sweep_connections import Command
from realtime.models import Connection
from tests.conftest import MakeConnection, MakeNode

ROOT = Path(__file__).resolve().parents[3]
NOW = timezone.now()


@pytest.fixture
def broken_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("realtime.management.commands.sweep_connections.sweep_once", fail)


def sweep(*arguments: str) -> str:
    output = StringIO()
    call_command("sweep_connections", "--once", *arguments, stdout=output)
    return output.getvalue().strip()


def test_one_pass_closes_the_rows_of_dead_nodes(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(node=make_node(lease_age=21))
    assert sweep() == "rows of dead nodes closed: 1; silent sockets asked to close: 0"
    assert Connection.objects.get().close_code == 1006


def test_one_pass_asks_silent_sockets_to_close(make_connection: MakeConnection) -> None:
    make_connection(last_heartbeat=NOW - timedelta(seconds=76))
    assert sweep() == "rows of dead nodes closed: 0; silent sockets asked to close: 1"


def test_the_timeout_is_an_option(make_connection: MakeConnection) -> None:
    make_connection(last_heartbeat=NOW - timedelta(seconds=76))
    assert sweep("--timeout", "3600") == "rows of dead nodes closed: 0; silent sockets asked to close: 0"


@pytest.mark.parametrize("option", ["--timeout", "--interval"])
@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan", "inf"])
def test_seconds_must_be_a_number_greater_than_zero(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=option):
        sweep(option, value)


@pytest.mark.usefixtures("broken_database")
def test_one_pass_fails_with_the_database() -> None:
    with pytest.raises(OperationalError):
        sweep()


@pytest.mark.usefixtures("broken_database")
def test_a_loop_outlives_a_failure_of_the_database() -> None:
    errors = StringIO()
    Command(stderr=errors).sweep(60, keep_going=True)
    assert "not swept: the database is away" in errors.getvalue()


def test_sigterm_ends_the_loop_in_order(tmp_path: Path, migrated_database: Path) -> None:
    shutil.copy(migrated_database, tmp_path / "kitt.sqlite3")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'kitt.sqlite3'}",
        "LOG_FILE": str(tmp_path / "kitt.log"),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "manage.py", "sweep_connections", "--interval", "0.2"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(2)] if process.stdout else []
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert lines == ["rows of dead nodes closed: 0; silent sockets asked to close: 0\n"] * 2
