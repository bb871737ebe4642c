"""What /metrics of a server says, as numbers."""

from __future__ import annotations

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from tests.servers import Server

Sample = tuple[str, frozenset[tuple[str, str]]]


class Scrape:
    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.kinds = {family.name: family.type for family in families}
        self.samples: dict[Sample, float] = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    def get(self, name: str, **labels: str) -> float:
        """0 where there is no such sample, as Prometheus's own queries have it."""
        return self.samples.get((name, frozenset(labels.items())), 0.0)

    def total(self, name: str) -> float:
        """Over all labels."""
        return sum(value for (found, _), value in self.samples.items() if found == name)


def scrape(server: Server) -> Scrape:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as response:
        return Scrape(response.read().decode())


def fallen(before: Scrape, after: Scrape) -> list[Sample]:
    """What must not fall and did: counters, and the buckets and sums of histograms."""
    gauges = {name for name, kind in before.kinds.items() if kind == "gauge"}
    return [
        sample
        for sample, value in before.samples.items()
        if sample[0] not in gauges and after.samples.get(sample, 0.0) < value
    ]
