"""A probe is healthy, or names its failure, within its time limit."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from monitoring.probes import PROBES, measure, run_probes
from realtime.conf import KittSettings


async def test_a_probe_that_answers_is_healthy() -> None:
    async def answer() -> None: ...

    result = await measure(answer)
    assert (result["status"], result["error"]) == ("healthy", "")
    assert result["duration_ms"] >= 0


async def test_a_probe_that_fails_is_unhealthy() -> None:
    async def fail() -> None:
        raise OperationalError("could not connect to kitt:hunter2@db")

    result = await measure(fail)
    assert (result["status"], result["error"]) == ("unhealthy", "OperationalError")


async def test_the_text_of_a_failure_is_not_shown() -> None:
    async def fail() -> None:
        raise OperationalError("could not connect to kitt:hunter2@db")

    assert "hunter2" not in str(await measure(fail))


async def test_a_probe_that_hangs_is_unhealthy(settings: Settings) -> None:
    settings.KITT = KittSettings(probe_timeout=0.01)
    result = await measure(asyncio.Event().wait)
    assert (result["status"], result["error"]) == ("unhealthy", "TimeoutError")


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_hangs_does_not_hold_up_its_probe(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KITT = KittSettings(probe_timeout=0.01)
    answer, answered = threading.Event(), threading.Event()

    def hang() -> None:
        if answer.wait(10):
            answered.set()

    monkeypatch.setattr("monitoring.probes.select_one", hang)
    result = await measure(PROBES["database"])
    answer.set()
    assert result["error"] == "TimeoutError"
    assert await asyncio.to_thread(answered.wait, 5)


@pytest.mark.django_db(transaction=True)
def test_the_database_and_the_layer_are_asked() -> None:
    results = run_probes()
    assert {name: result["status"] for name, result in results.items()} == {"database": "healthy", "layer": "healthy"}


@pytest.mark.django_db(transaction=True)
def test_a_failing_probe_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise OSError

    monkeypatch.setitem(PROBES, "layer", fail)
    results = run_probes()
    assert {name: result["status"] for name, result in results.items()} == {"database": "healthy", "layer": "unhealthy"}


@pytest.mark.django_db(transaction=True)
async def test_the_database_probe_fails_with_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "missing" / "kitt.sqlite3")
    assert (await measure(PROBES["database"]))["error"] == "OperationalError"
