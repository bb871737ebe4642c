"""How long messages took on their way."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from realtime.log.read import Entry
from realtime.metrics.counted import DELIVERY_SECONDS, ELSEWHERE, HERE
from realtime.node import journeys as journeys_module
from realtime.node.journeys import Journeys

Seen = Callable[[str], tuple[float, float]]


@pytest.fixture
def seen() -> Seen:
    """The number of messages of an origin since the test began, and the sum of their seconds."""

    def of(origin: str) -> tuple[float, float]:
        *counts, total = DELIVERY_SECONDS.values().get(("freight", origin), [0.0])
        return sum(counts), total

    before = {origin: of(origin) for origin in (HERE, ELSEWHERE)}
    return lambda origin: (of(origin)[0] - before[origin][0], of(origin)[1] - before[origin][1])


def entries(*offsets: int) -> list[Entry]:
    return [Entry(offset, "x") for offset in offsets]


def test_each_message_of_a_commit_took_as_long_as_the_last(seen: Seen) -> None:
    journeys = Journeys("freight")
    journeys.begin(entries(1, 2, 3), time.time() - 60, HERE)
    journeys.end(2)
    assert seen(HERE)[0] == 0
    journeys.end(3)
    count, seconds = seen(HERE)
    assert (count, round(seconds / 60)) == (3, 3)


def test_what_the_log_had_brought_before_it_was_heard_of_is_not_counted(seen: Seen) -> None:
    journeys = Journeys("freight")
    journeys.end(3)
    journeys.begin(entries(2, 3), time.time(), ELSEWHERE)
    journeys.begin(entries(4), time.time(), ELSEWHERE)
    journeys.end(4)
    assert seen(ELSEWHERE)[0] == 1


def test_a_clock_that_was_put_back_makes_no_sum_fall(seen: Seen) -> None:
    journeys = Journeys("freight")
    journeys.begin(entries(1), time.time() + 3600, HERE)
    journeys.end(1)
    assert seen(HERE) == (1, 0)


def test_what_waits_is_bounded(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journeys_module, "MAX_WAITING", 2)
    journeys = Journeys("freight")
    for offset in (1, 2, 3):
        journeys.begin(entries(offset), time.time(), HERE)
    journeys.end(3)
    assert seen(HERE)[0] == 2
