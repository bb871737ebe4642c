from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from django.conf import LazySettings
from django.core.checks import run_checks

from realtime.checks import check_surroundings


@pytest.fixture(autouse=True)
def debug(settings: LazySettings) -> None:
    """pytest-django turns it off; then the door must not be open by default."""
    settings.DEBUG = True


def test_the_defaults_fit_together() -> None:
    assert run_checks() == []


@pytest.mark.parametrize(
    ("change", "check_id", "variable"),
    [
        ({"heartbeat_interval": 60, "stale_after": 60}, "realtime.E001", "KITT_HEARTBEAT_INTERVAL"),
        ({"lease_interval": 20, "lease_timeout": 20}, "realtime.E002", "KITT_LEASE_INTERVAL"),
        ({"max_broadcast_bytes": 65536}, "realtime.E003", "KITT_MAX_MESSAGE_BYTES"),
    ],
)
def test_settings_that_contradict_each_other_are_named(
    settings: LazySettings, change: dict[str, float], check_id: str, variable: str
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, **change)
    assert [(error.id, variable in error.msg) for error in run_checks()] == [(check_id, True)]


@pytest.fixture
def safe_surroundings(settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As for one process; the door has tests of its own."""
    settings.LOG_FILE = tmp_path / "kitt.log"
    monkeypatch.setattr("realtime.checks.get_channel_layer", lambda: Layer(crosses_processes=False))


class Layer(NamedTuple):
    crosses_processes: bool


class Database(NamedTuple):
    vendor: str
    settings_dict: dict[str, Any] = {"OPTIONS": {}}  # noqa: RUF012


@pytest.mark.usefixtures("safe_surroundings")
def test_the_defaults_are_right_for_one_process_on_sqlite() -> None:
    assert check_surroundings() == []


@pytest.mark.usefixtures("safe_surroundings")
@pytest.mark.parametrize(
    ("change", "check_id"),
    [
        ({"heartbeat_interval": 31.0}, "realtime.W011"),
        ({"lease_interval": 7.0}, "realtime.W012"),
        ({"flush_interval": 61.0}, "realtime.W013"),
        ({"rate_burst": 19}, "realtime.W014"),
    ],
)
def test_too_little_room_between_two_settings_is_named_before_a_deployment(
    settings: LazySettings, change: dict[str, float], check_id: str
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, **change)
    assert [(found.id, bool(found.hint)) for found in check_surroundings()] == [(check_id, True)]
    assert run_checks() == []
    assert check_id in [found.id for found in run_checks(include_deployment_checks=True)]


NORMAL = {"OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}


@pytest.mark.usefixtures("safe_surroundings")
@pytest.mark.parametrize(
    ("database", "crosses_processes", "check_ids"),
    [
        (Database("sqlite"), True, ["realtime.W021"]),
        (Database("postgresql"), False, ["realtime.W022"]),
        (Database("postgresql"), True, []),
        (Database("sqlite", NORMAL), False, ["realtime.W023"]),
    ],
)
def test_a_database_that_does_not_fit_the_layer_is_named(
    monkeypatch: pytest.MonkeyPatch, database: Database, crosses_processes: bool, check_ids: list[str]
) -> None:
    monkeypatch.setattr("realtime.checks.connection", database)
    monkeypatch.setattr("realtime.checks.get_channel_layer", lambda: Layer(crosses_processes))
    assert [found.id for found in check_surroundings()] == check_ids


@pytest.mark.usefixtures("safe_surroundings")
@pytest.mark.parametrize("path", [".", "nowhere/kitt.log"])
def test_a_log_that_cannot_be_written_is_named(settings: LazySettings, tmp_path: Path, path: str) -> None:
    settings.LOG_FILE = tmp_path / path
    assert [found.id for found in check_surroundings()] == ["realtime.E024"]
