"""The few numbers of a process that operators watch, small enough to be written with every renewal of its lease."""

from __future__ import annotations

import time
from collections import Counter as Tally
from typing import TypedDict

from realtime.metrics.counted import (
    COMMIT_MESSAGES,
    COMMIT_SECONDS,
    DELIVERY_SECONDS,
    DISCONNECTS,
    REFUSED_CONNECTIONS,
    REFUSED_MESSAGES,
    WRITE_BUFFER_BYTES,
)
from realtime.metrics.numbers import Counter, Histogram
from realtime.protocol.close_codes import SLOW_CONSUMER


class KeyNumbers(TypedDict):
    """All count from the start of the process, except the gauges."""

    at: float
    """Seconds by a clock of the process's own, which is never set: for differences."""
    counters: dict[str, dict[str, int]]
    """Those above 0, by close code, error code or endpoint."""
    histograms: dict[str, list[float]]
    """A count for each bucket, and the sum at the end."""
    gauges: dict[str, float]


def key_numbers(waiting: int) -> KeyNumbers:
    """`waiting` is how many senders' messages wait for a transaction of the log."""
    return {
        "at": time.monotonic(),
        "counters": {
            "disconnects": by_label(DISCONNECTS, "code"),
            "slow": by_label(DISCONNECTS, "endpoint", only=str(SLOW_CONSUMER)),
            "refused_connections": by_label(REFUSED_CONNECTIONS, "code"),
            "refused_messages": by_label(REFUSED_MESSAGES, "code"),
        },
        "histograms": {
            "delivery_seconds": whole(DELIVERY_SECONDS),
            "commit_seconds": whole(COMMIT_SECONDS),
            "commit_messages": whole(COMMIT_MESSAGES),
        },
        "gauges": {"write_buffer_bytes": WRITE_BUFFER_BYTES.values()[()][0], "waiting": waiting},
    }


def by_label(counter: Counter, name: str, only: str = "") -> dict[str, int]:
    """The sums by the values of one label; of the series with the value `only` among their labels."""
    sums: Tally[str] = Tally()
    for labels, (number,) in counter.values().items():
        if number and (not only or only in labels):
            sums[labels[counter.labels.index(name)]] += int(number)
    return dict(sums)


def whole(histogram: Histogram) -> list[float]:
    """The sum over all labels."""
    return [sum(column) for column in zip(histogram.empty(), *histogram.values().values(), strict=True)]
