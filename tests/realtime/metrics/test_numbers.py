from __future__ import annotations

import pytest

from realtime.metrics.numbers import WINDOW_S, Counter, HighWater, Histogram
from tests.conftest import Clock


def test_a_counter_adds_up_for_each_of_its_labels() -> None:
    counter = Counter("kitt_things", "Things.", "kind", known=[("a",), ("b",)])
    counter.add(("a",))
    counter.add(("a",), 2)
    counter.add(("c",))
    assert counter.values() == {("a",): [3], ("b",): [0], ("c",): [1]}


def test_a_histogram_counts_what_is_on_a_bound_as_within_it() -> None:
    histogram = Histogram("kitt_sizes", "Sizes.", bounds=(1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.5):
        histogram.observe(value)
    histogram.observe(2.0, times=10)
    assert histogram.values() == {(): [2, 11, 1, 25.5]}


@pytest.fixture
def high_water(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> HighWater:
    monkeypatch.setattr("realtime.metrics.numbers.time", clock)
    return HighWater("kitt_largest", "The largest.")


def test_a_peak_is_seen_for_a_window_at_least_and_two_at_most(high_water: HighWater, clock: Clock) -> None:
    high_water.take(7)
    high_water.take(3)
    clock.now += WINDOW_S
    assert high_water.values() == {(): [7]}
    high_water.take(1)
    assert high_water.values() == {(): [7]}
    clock.now += WINDOW_S
    assert high_water.values() == {(): [1]}


def test_a_peak_is_forgotten_where_nothing_came_after_it(high_water: HighWater, clock: Clock) -> None:
    high_water.take(7)
    clock.now += 2 * WINDOW_S
    assert high_water.values() == {(): [0]}
    high_water.take(2)
    assert high_water.values() == {(): [2]}
