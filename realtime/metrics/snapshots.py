"""All numbers of a process at one moment, and those of several processes together."""

from __future__ import annotations

from operator import add

import msgspec

from realtime.metrics.counted import CONNECTIONS, DISCONNECTS, METRICS, code_label
from realtime.metrics.numbers import Gauge, HighWater, Values
from realtime.protocol.close_codes import ABNORMAL

Snapshot = dict[str, Values]

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Snapshot)


def snapshot() -> Snapshot:
    """Of this process."""
    return {name: metric.values() for name, metric in METRICS.items()}


def together(one: Snapshot, other: Snapshot) -> Snapshot:
    return {name: merged(name, one.get(name, {}), other.get(name, {})) for name in METRICS}


def merged(name: str, one: Values, other: Values) -> Values:
    combine = max if isinstance(METRICS[name], HighWater) else add
    both = {
        labels: [combine(a, b) for a, b in zip(one[labels], other[labels], strict=True)]
        for labels in one.keys() & other.keys()
    }
    return one | other | both


def of_the_dead(last: Snapshot) -> Snapshot:
    """What stays of a process that is gone: what it counted. The sockets that it held broke off."""
    broken: Values = {
        (endpoint, code_label(ABNORMAL)): number for (endpoint,), number in last.get(CONNECTIONS.name, {}).items()
    }
    counted = {name: values for name, values in last.items() if not isinstance(METRICS.get(name), Gauge)}
    return together(counted, {DISCONNECTS.name: {labels: number for labels, number in broken.items() if number[0]}})
