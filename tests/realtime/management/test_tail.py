"""manage.py tail"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from realtime.log.follow import Follower
from realtime.management.commands.tail import Command
from tests.storing import new, store, store_many

ROOT = Path(__file__).resolve().parents[3]


def tail(*options: str) -> list[Any]:
    output = StringIO()
    call_command("tail", "freight", *options, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_messages_after_an_offset_are_printed_as_they_are_stored(db: None) -> None:
    stored = store_many(3)
    assert tail("--since", "1", "--limit", "2") == [json.loads(each.text) for each in stored[1:]]


def test_a_limit_ends_it_within_a_page(db: None) -> None:
    store_many(3)
    assert [message["offset"] for message in tail("--since", "0", "--limit", "2")] == [1, 2]


def test_only_one_type_may_be_followed(db: None) -> None:
    item = {"width": 1, "height": 1, "depth": 1, "weight": 1}
    request = {"shipment_id": "SH-9", "origin": {"name": "A"}, "destination": {"name": "B"}, "items": [item]}
    store(new(), new(type="shipment_request", payload=request), new())
    assert [message["offset"] for message in tail("--since", "0", "--type", "shipment_request", "--limit", "1")] == [2]


@pytest.mark.parametrize(
    "options", [["--since", "-1"], ["--since", "x"], ["--since", str(2**63)], ["--limit", "0"], ["--type", "heartbeat"]]
)
def test_bad_options_are_refused(db: None, options: list[str]) -> None:
    with pytest.raises(CommandError, match=options[0]):
        tail(*options)


def test_an_offset_after_the_newest_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="--since: 1 is later than the newest message, 0"):
        tail("--since", "1")


def test_a_failure_of_the_database_is_told_and_outlived(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    store_many(1)
    follower, news = Follower("freight", since=0), Follower.news

    def fail_once(self: Follower) -> Iterator[Any]:
        monkeypatch.setattr(Follower, "news", news)
        raise OperationalError("the database is away")

    monkeypatch.setattr(Follower, "news", fail_once)
    monkeypatch.setattr("realtime.management.commands.tail.connection.close", lambda: None)
    output, errors = StringIO(), StringIO()
    Command(stdout=output, stderr=errors).follow(follower, Event(), limit=1)
    assert "not read, tried again: the database is away" in errors.getvalue()
    assert json.loads(output.getvalue())["offset"] == 1


class Log:
    """A database of its own, for commands in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'kitt.sqlite3'}",
            "LOG_FILE": str(folder / "kitt.log"),
        }

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "manage.py", *arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=pipe, stderr=pipe, text=True) as process:
            try:
                yield process
            finally:
                process.kill()

    def publish(self, shipment_id: str) -> None:
        payload = json.dumps({"shipment_id": shipment_id})
        with self.started("publish", "freight", "route_update", "--payload", payload) as process:
            assert process.wait(30) == 0


@pytest.fixture
def log(tmp_path: Path, migrated_database: Path) -> Log:
    shutil.copy(migrated_database, tmp_path / "kitt.sqlite3")
    return Log(tmp_path)


def line_of(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def output_of_errors(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(log: Log, number: signal.Signals) -> None:
    log.publish("SH-1")
    with log.started("tail", "freight", "--since", "0") as process:
        assert line_of(process)["offset"] == 1
        process.send_signal(number)
        assert process.wait(30) == 0
        assert output_of_errors(process) == ""


def test_it_follows_what_another_process_publishes(log: Log) -> None:
    log.publish("SH-1")
    with log.started("tail", "freight", "--since", "0") as process:
        assert line_of(process)["payload"] == {"shipment_id": "SH-1"}
        log.publish("SH-2")
        assert line_of(process)["payload"] == {"shipment_id": "SH-2"}


def test_a_reader_that_goes_away_ends_it_without_a_word(log: Log) -> None:
    log.publish("SH-1")
    with log.started("tail", "freight", "--since", "0") as process:
        line_of(process)
        assert process.stdout is not None
        process.stdout.close()
        log.publish("SH-2")
        assert process.wait(30) == 0
        assert output_of_errors(process) == ""
