"""The soak itself, in small: every part of it runs, and KITT stands it. `make soak` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import NO_POSTGRES, NO_REDIS
from tests import postgres, redis
from tests.needs import require
from tests.soak.report import report
from tests.soak.run import Plan, soak

FAULTS = ("Redis restarted empty", "lines of a node cut", "PostgreSQL restarted", "SIGTERM and restart of a node")
PLAN = Plan(seed=1, faults=FAULTS, clients=30, publishers=6, rate=30, every_s=2, stay_s=5, settle_s=2)


@pytest.fixture(autouse=True)
def needs_binaries() -> None:
    require(redis.find_binary(), NO_REDIS)
    require(postgres.find_binary("postgres"), NO_POSTGRES)


async def test_faults_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = await soak(PLAN, tmp_path)
    assert outcome.accounts.problems == []
    assert outcome.accounts.deliveries > 0
    assert outcome.faults[1].ends
    assert "Everything is accounted for." in report(outcome)
