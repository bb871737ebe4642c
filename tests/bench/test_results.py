"""What is made of the figures: the ratios against the aims, the table and the chart."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from bench.aims import AIMS, Aim, Outcome, outcomes
from bench.chart import chart
from bench.servers import SERVERS
from bench.table import page

RATES = {
    "kitt": 900_000.0,
    "kitt-daphne": 30_000.0,
    "channels": 5_000.0,
    "nchan": 200_000.0,
    "uwebsockets": 1_000_000.0,
}


def cell(rate: float, load_cpu: float = 0.5) -> dict[str, float]:
    return {"deliveries_per_s": rate, "p50_ms": 1.0, "p99_ms": 2.0, "load_cpu": load_cpu}


@pytest.fixture
def results() -> dict[str, Any]:
    """Of a run without FastAPI, in which Channels lost messages at 256 in flight."""
    broadcast: dict[str, dict[str, Any]] = {
        name: {count: cell(rate) for count in ("1", "16", "64", "256")} for name, rate in RATES.items()
    }
    broadcast["channels"]["256"] = {"failed": "2 of 3 messages are missing"}
    latency = {"connections": 5_000, "p50_ms": 1.0, "p99_ms": 30.0, "max_ms": 40.0}
    return {
        "date": "2026-01-01",
        "machine": "2 cores",
        "cores": "",
        "versions": {"KITT": "0"},
        "ceiling": 5_000_000.0,
        "quick": False,
        "left_out": {"FastAPI + uvicorn": "No module named 'fastapi'"},
        "failures": [],
        "broadcast": broadcast,
        "far": {"kitt": latency, "nchan": {**latency, "p99_ms": 20.0}},
        "crowd": {**latency, "bytes_each_connected": 15_000.0, "bytes_each_measured": 21_000.0},
        "connect": {"kitt until its welcome": {"per_s": 1000.0, "p99_ms": 90.0}},
        "cost": {"few": 2.0, "many": 2.6, "one": 300.0},
        "inbound": {},
    }


def outcome(name: str, against: str, results: dict[str, Any]) -> Outcome:
    return next(each for each in outcomes(results) if each.aim.name.startswith(name) and each.aim.against == against)


@pytest.mark.parametrize(
    ("name", "against", "value", "reached"),
    [
        ("16 in flight", "uWebSockets", 0.9, True),
        ("64 in flight", "uWebSockets", 0.9, False),
        ("16 in flight", "nchan", 4.5, True),
        ("16 in flight, runserver", "Channels tutorial", 6.0, True),
        ("5,000 subscribers", "nchan", 1.5, True),
        ("10,000 connections, 1 message/s: memory", "", 21.0, False),
        ("CPU of a delivery", "itself at 100", 1.3, True),
    ],
)
def test_an_aim_is_a_ratio_of_one_run(
    name: str, against: str, value: float, reached: bool, results: dict[str, Any]
) -> None:
    found = outcome(name, against, results)
    assert found.value == pytest.approx(value)
    assert found.reached is reached


def test_an_aim_without_its_peer_is_not_measured_and_not_reached(results: dict[str, Any]) -> None:
    found = outcome("16 in flight", "FastAPI + uvicorn", results)
    assert (found.value, found.reached) == (None, False)


def test_a_ratio_to_a_figure_that_failed_is_not_measured() -> None:
    broken = {"broadcast": {"kitt": {"16": cell(1.0)}, "uwebsockets": {"16": {"failed": "closed"}}}}
    assert outcome("16 in flight", "uWebSockets", broken).value is None


def test_the_page_has_a_line_for_each_aim_and_names_who_is_left_out(results: dict[str, Any]) -> None:
    text = page(results)
    assert all(f"| {aim.name} | {aim.against} |" in text for aim in AIMS)
    assert "Left out: FastAPI + uvicorn: No module named 'fastapi'." in text
    assert (
        "| Channels tutorial (daphne, Redis) | 5,000 (1.0, 2.0) | 5,000 (1.0, 2.0) | 5,000 (1.0, 2.0) | failed |"
        in text
    )


def test_a_figure_that_the_load_generator_bounds_is_marked(results: dict[str, Any]) -> None:
    results["broadcast"]["nchan"]["1"] = cell(200_000.0, load_cpu=0.97)
    assert "| nginx + nchan (C) | 200,000 (1.0, 2.0) † | 200,000 (1.0, 2.0) |" in page(results)


def test_a_page_of_a_run_that_measured_nothing_can_be_made(results: dict[str, Any]) -> None:
    empty: dict[str, Any] = {name: {} for name in ("broadcast", "far", "crowd", "connect", "cost", "inbound")}
    assert page({**results, **empty}).count("not measured") == len(AIMS)


def test_the_chart_is_well_formed_and_has_a_bar_for_each_figure(results: dict[str, Any]) -> None:
    root = ElementTree.fromstring(chart(results))
    bars = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 4 * len(RATES)
    texts = [text.text for text in root.findall("{http://www.w3.org/2000/svg}text")]
    assert texts.count(SERVERS["kitt"].label) == 4
    assert "900,000" in texts


def test_bars_are_as_long_as_their_share_of_the_longest(results: dict[str, Any]) -> None:
    root = ElementTree.fromstring(chart(results))
    widths = [float(bar.attrib["width"]) for bar in root.findall("{http://www.w3.org/2000/svg}rect")]
    assert widths[1] / widths[0] == pytest.approx(0.9, abs=0.001)


def test_an_aim_has_a_bound() -> None:
    assert all((aim.at_least is None) != (aim.at_most is None) for aim in AIMS)


def test_what_is_measured_exactly_at_the_bound_is_reached() -> None:
    least, most = (
        Aim("least", "", lambda results: 0.0, at_least=2.0),
        Aim("most", "", lambda results: 0.0, at_most=2.0),
    )
    assert [Outcome(aim, 2.0).reached for aim in (least, most)] == [True, True]
    assert [Outcome(least, 1.9).reached, Outcome(most, 2.1).reached] == [False, False]
