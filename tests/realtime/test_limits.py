"""How fast one connection may send."""

from __future__ import annotations

import pytest

from realtime.limits import TokenBucket
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr("realtime.limits.time", clock)


def taken(bucket: TokenBucket, attempts: int) -> int:
    return sum(bucket.take() for _ in range(attempts))


def test_a_burst_passes_and_then_no_more() -> None:
    assert taken(TokenBucket(rate=20, burst=40), 100) == 40


def test_the_rate_passes_after_the_burst(clock: Clock) -> None:
    bucket = TokenBucket(rate=20, burst=40)
    taken(bucket, 100)
    clock.now += 1
    assert taken(bucket, 100) == 20


def test_a_long_pause_earns_one_burst(clock: Clock) -> None:
    bucket = TokenBucket(rate=20, burst=40)
    taken(bucket, 100)
    clock.now += 3600
    assert taken(bucket, 100) == 40


def test_a_refused_message_costs_nothing(clock: Clock) -> None:
    bucket = TokenBucket(rate=1, burst=1)
    assert taken(bucket, 50) == 1
    clock.now += 1
    assert bucket.take()


def test_part_of_a_message_is_earned_in_part_of_the_time(clock: Clock) -> None:
    bucket = TokenBucket(rate=2, burst=1)
    bucket.take()
    clock.now += 0.25
    assert not bucket.take()
    clock.now += 0.25
    assert bucket.take()


def test_a_rate_of_zero_lets_everything_pass() -> None:
    assert taken(TokenBucket(rate=0, burst=1), 1000) == 1000


def test_what_was_refused_is_counted(clock: Clock) -> None:
    bucket = TokenBucket(rate=20, burst=40)
    taken(bucket, 50)
    clock.now += 1
    taken(bucket, 25)
    assert bucket.refused == 10 + 5


def test_the_count_starts_again_when_the_bucket_is_full(clock: Clock) -> None:
    bucket = TokenBucket(rate=20, burst=40)
    taken(bucket, 50)
    clock.now += 2
    taken(bucket, 1)
    assert bucket.refused == 0
