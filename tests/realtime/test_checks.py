from __future__ import annotations

import msgspec
import pytest
from django.conf import LazySettings
from django.core.checks import run_checks


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
