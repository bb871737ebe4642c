"""Counters, gauges and histograms as plain numbers: an addition costs a tenth of a microsecond and no lock.

Each number is changed by one thread alone, and read by any.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

Labels = tuple[str, ...]
Values = dict[Labels, list[float]]
"""By the values of the labels: a single number; of a histogram a count for each bucket, and the sum at the end."""

WINDOW_S = 60.0


class Counter:
    """Only rises. `name` is that of the exposition, without its `_total`."""

    def __init__(self, name: str, meaning: str, *labels: str, known: Iterable[Labels] = ()) -> None:
        """`known` are the labels that are shown from the beginning, with 0: a rate needs a value to rise from."""
        self.name = name
        self.meaning = meaning
        self.labels = labels
        self.numbers: defaultdict[Labels, float] = defaultdict(int, dict.fromkeys(known, 0))

    def add(self, labels: Labels = (), by: float = 1) -> None:
        self.numbers[labels] += by

    def values(self) -> Values:
        # The copy is one step: another thread may bring new labels meanwhile.
        return {labels: [number] for labels, number in self.numbers.copy().items()}


class Gauge(Counter):
    """Rises and falls; ends with its process."""


class HighWater(Gauge):
    """The largest number of the last one or two minutes: whoever looks once a minute sees every peak."""

    def __init__(self, name: str, meaning: str) -> None:
        super().__init__(name, meaning)
        self.before = self.largest = 0.0
        self.until = time.monotonic() + WINDOW_S

    def take(self, number: float) -> None:
        self.turn_over()
        self.largest = max(self.largest, number)

    def turn_over(self) -> None:
        now = time.monotonic()
        if now >= self.until:
            self.before = self.largest if now < self.until + WINDOW_S else 0.0
            self.largest = 0.0
            self.until = now + WINDOW_S

    def values(self) -> Values:
        late = time.monotonic() - self.until
        return {(): [max(self.before if late < 0 else 0.0, self.largest if late < WINDOW_S else 0.0)]}


class Histogram:
    """How many observations were at most as large as each of the bounds, and their sum."""

    def __init__(
        self, name: str, meaning: str, *labels: str, bounds: tuple[float, ...], known: Iterable[Labels] = ((),)
    ) -> None:
        self.name = name
        self.meaning = meaning
        self.labels = labels
        self.bounds = bounds
        self.numbers: dict[Labels, list[float]] = {each: self.empty() for each in known}

    def empty(self) -> list[float]:
        return [0.0] * (len(self.bounds) + 2)

    def observe(self, value: float, labels: Labels = (), times: int = 1) -> None:
        numbers = self.numbers.get(labels)
        if numbers is None:
            numbers = self.numbers[labels] = self.empty()
        numbers[bisect_left(self.bounds, value)] += times
        numbers[-1] += value * times

    def values(self) -> Values:
        return {labels: numbers.copy() for labels, numbers in self.numbers.copy().items()}


Metric = Counter | Histogram
