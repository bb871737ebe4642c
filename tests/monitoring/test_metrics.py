"""What /metrics shows, its page and its dashboard say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from realtime.metrics.counted import METRICS
from realtime.metrics.numbers import Gauge, Histogram, Metric

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "metrics.md").read_text()
DASHBOARD = json.loads((DOCS / "grafana" / "kitt.json").read_text())
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def kind_of(metric: Metric) -> str:
    return "histogram" if isinstance(metric, Histogram) else "gauge" if isinstance(metric, Gauge) else "counter"


def shown_name(metric: Metric) -> str:
    return f"{metric.name}_total" if kind_of(metric) == "counter" else metric.name


def sample_names(metric: Metric) -> list[str]:
    if kind_of(metric) == "histogram":
        return [f"{metric.name}_{part}" for part in ("bucket", "count", "sum")]
    return [shown_name(metric)]


SAMPLES = {name: metric for metric in METRICS.values() for name in sample_names(metric)}


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\bkitt_[a-z_]+\b", text))


def test_the_page_has_a_row_for_every_metric_and_no_other() -> None:
    rows = re.findall(r"^\| `(kitt_\w+)` \| (\w+) \|([^|]*)\| .+ \|$", PAGE, re.MULTILINE)
    wanted = [
        (shown_name(metric), kind_of(metric), ", ".join(f"`{label}`" for label in metric.labels))
        for metric in METRICS.values()
    ]
    assert [(name, kind, labels.strip()) for name, kind, labels in rows] == wanted


def test_the_page_names_no_metric_that_is_not_there() -> None:
    assert names_in(PAGE) <= {*SAMPLES, *map(shown_name, METRICS.values())}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_dashboard_asks_for_what_is_there(expression: str) -> None:
    (name,) = names_in(expression)
    grouped = re.findall(r"by \(([\w, ]+)\)", expression)
    labels = {label for group in grouped for label in group.split(", ")} - {"le"}
    assert labels <= set(SAMPLES[name].labels)


def test_the_dashboard_shows_every_metric() -> None:
    asked = {SAMPLES[name].name for expression in EXPRESSIONS for name in names_in(expression)}
    assert asked == set(METRICS)


def test_the_panels_of_the_dashboard_do_not_cover_each_other() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in DASHBOARD["panels"]})


@pytest.mark.parametrize("accept", ["", "*/*", "text/plain;version=0.0.4", "application/json", "text/html"])
def test_whatever_is_accepted_the_numbers_come_as_prometheus_reads_them(client: Client, accept: str) -> None:
    answer = client.get("/metrics", headers={"accept": accept})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    assert {name: family.type for name, family in found.items()} == {
        name: kind_of(metric) for name, metric in METRICS.items()
    }
    assert all(family.documentation for family in found.values())


def test_who_accepts_openmetrics_gets_it(client: Client) -> None:
    answer = client.get("/metrics", headers={"accept": "application/openmetrics-text;version=1.0.0,*/*;q=0.1"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    found = openmetrics.text_string_to_metric_families(answer.content.decode())
    assert {family.name for family in found} == set(METRICS)


def test_the_numbers_are_not_kept_by_a_cache(client: Client) -> None:
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"
