"""What KITT must reach beside its peers, as ratios of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Results = dict[str, Any]

# A figure that was not measured, because its peer is not here or its run failed, is missing in the results.
MISSING = (KeyError, ZeroDivisionError)


@dataclass(frozen=True)
class Aim:
    name: str
    against: str
    value: Callable[[Results], float]
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "times"


@dataclass(frozen=True)
class Outcome:
    aim: Aim
    value: float | None
    """None where it was not measured."""

    @property
    def reached(self) -> bool:
        if self.value is None:
            return False
        if self.aim.at_least is not None:
            return self.value >= self.aim.at_least
        return self.aim.at_most is not None and self.value <= self.aim.at_most


def outcomes(results: Results) -> list[Outcome]:
    return [Outcome(aim, measured(aim, results)) for aim in AIMS]


def measured(aim: Aim, results: Results) -> float | None:
    try:
        return aim.value(results)
    except MISSING:
        return None


def speed(server: str, in_flight: int, results: Results) -> float:
    rate: float = results["broadcast"][server][str(in_flight)]["deliveries_per_s"]
    return rate


def faster(in_flight: int, against: str, at_least: float, label: str, server: str = "kitt") -> Aim:
    name = f"{in_flight} in flight" + (", runserver (daphne)" if server == "kitt-daphne" else "")

    def ratio(results: Results) -> float:
        return speed(server, in_flight, results) / speed(against, in_flight, results)

    return Aim(name, label, ratio, at_least=at_least)


AIMS = (
    faster(64, "uwebsockets", 1.0, "uWebSockets"),
    faster(256, "uwebsockets", 1.0, "uWebSockets"),
    faster(16, "uwebsockets", 0.8, "uWebSockets"),
    faster(16, "nchan", 3, "nchan"),
    faster(1, "uwebsockets", 0.65, "uWebSockets"),
    faster(1, "nchan", 0.9, "nchan"),
    faster(16, "fastapi", 10, "FastAPI + uvicorn"),
    faster(16, "channels", 100, "Channels tutorial"),
    faster(16, "channels", 5, "Channels tutorial", server="kitt-daphne"),
    Aim(
        "5,000 subscribers, 10 messages/s: p99",
        "nchan",
        lambda results: results["far"]["kitt"]["p99_ms"] / results["far"]["nchan"]["p99_ms"],
        at_most=1.5,
    ),
    Aim(
        "10,000 connections, 1 message/s: p99 of all deliveries",
        "",
        lambda results: results["crowd"]["p99_ms"],
        at_most=250,
        unit="ms",
    ),
    Aim(
        "10,000 connections, 1 message/s: memory of each",
        "",
        lambda results: results["crowd"]["bytes_each_measured"] / 1000,
        at_most=20,
        unit="KB",
    ),
    Aim(
        "connects/s, KITT with its row written and its welcome sent",
        "FastAPI + uvicorn",
        lambda results: (
            results["connect"]["kitt until its welcome"]["per_s"] / results["connect"]["fastapi until the 101"]["per_s"]
        ),
        at_least=1,
    ),
    Aim(
        "CPU of a delivery, at 10,000 subscribers",
        "itself at 100",
        lambda results: results["cost"]["many"] / results["cost"]["few"],
        at_most=1.3,
    ),
)
