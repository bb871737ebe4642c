"""The numbers of KITT in the formats that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString

from realtime.metrics.counted import METRICS
from realtime.metrics.numbers import Gauge, Histogram, Metric, Values
from realtime.metrics.snapshots import Snapshot


def exposition(numbers: Snapshot, accept: str) -> tuple[bytes, str]:
    """The text and its content type: OpenMetrics for whoever accepts it, else Prometheus's own."""
    registry = CollectorRegistry()
    registry.register(Families(numbers))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class Families(Collector):
    def __init__(self, numbers: Snapshot) -> None:
        self.numbers = numbers

    def collect(self) -> Iterator[Family]:
        return (family(metric, self.numbers.get(name, {})) for name, metric in METRICS.items())


def family(metric: Metric, values: Values) -> Family:
    if isinstance(metric, Histogram):
        return histogram(metric, values)
    kind = GaugeMetricFamily if isinstance(metric, Gauge) else CounterMetricFamily
    made = kind(metric.name, metric.meaning, labels=metric.labels)
    for labels, (number,) in sorted(values.items()):
        made.add_metric(labels, number)
    return made


def histogram(metric: Histogram, values: Values) -> Family:
    made = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    names = [*map(floatToGoString, metric.bounds), "+Inf"]
    for labels, (*counts, total) in sorted(values.items()):
        so_far = [sum(counts[: index + 1]) for index in range(len(counts))]
        made.add_metric(labels, list(zip(names, so_far, strict=True)), total)
    return made
