"""What is measured. Each scenario returns figures, by server where it compares several."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from typing import Any

from bench.load import Figures, LoadFailedError
from bench.servers import SERVERS
from bench.session import Session, Started, median

SUBSCRIBERS = 200
IN_FLIGHT = (1, 16, 64, 256)
# From the last handshake to the first message: memory and timers have come to rest.
SETTLED_S = 5


def broadcast(session: Session) -> dict[str, dict[str, Figures]]:
    """By server and messages in flight. The servers take turns, so that a slow minute of the machine hits all."""
    found: dict[str, dict[str, list[Figures]]] = defaultdict(lambda: defaultdict(list))
    failed: dict[str, dict[str, Figures]] = defaultdict(dict)

    def measure(name: str, started: Started) -> None:
        for in_flight in map(str, IN_FLIGHT):
            if in_flight in failed[name]:
                continue
            try:
                options = {"seconds": session.seconds(2), "warm_up": 0.5, "timeout": 4}
                events = started.load("broadcast", connections=SUBSCRIBERS, in_flight=in_flight, **options)
            except LoadFailedError as error:
                failed[name][in_flight] = {"failed": str(error)}
                session.fail(f"{started.server.label}, {in_flight} in flight", error)
            else:
                found[name][in_flight].append(delivered(events))

    for _ in session.rounds(3):
        for name in SERVERS:
            session.on(name, partial(measure, name))
    return {
        name: {**{count: median(rounds) for count, rounds in cells.items()}, **failed[name]}
        for name in SERVERS
        if (cells := found[name]) or failed[name]
    }


def far(session: Session) -> dict[str, Figures]:
    """5,000 subscribers, 10 messages/s."""
    found: dict[str, list[Figures]] = defaultdict(list)

    def measure(name: str, started: Started) -> None:
        count = session.connections(5_000)
        options = {"connections": count, "concurrency": 100, "seconds": session.seconds(10)}
        found[name].append({"connections": count, **delivered(started.load("paced", rate=10, **options))})

    for _ in session.rounds(2):
        for name in ("kitt", "nchan"):
            session.on(name, partial(measure, name))
    return {name: median(rounds) for name, rounds in found.items()}


def crowd(session: Session) -> Figures:
    """10,000 connections on one process, one message/s; long enough for the pings to those that are silent."""
    count = session.connections(10_000)
    found: Figures = {"connections": count}

    def measure(started: Started) -> None:
        before = started.resident_bytes()

        def on_event(event: str) -> None:
            if event == "connected":
                time.sleep(SETTLED_S - 1)
            found[f"bytes_each_{event}"] = (started.resident_bytes() - before) / count

        options = {"connections": count, "concurrency": 100, "settle": SETTLED_S, "seconds": session.seconds(30)}
        found.update(delivered(started.load("paced", rate=1, on_event=on_event, **options)))

    session.on("kitt", measure)
    return found


def connect(session: Session) -> dict[str, Figures]:
    """Handshakes a second: until the 101, and with KITT also until the welcome, when the row is written."""
    found: dict[str, list[Figures]] = defaultdict(list)

    def measure(key: str, options: dict[str, Any], started: Started) -> None:
        count = session.connections(2_000)
        found[key].append(started.load("connect", connections=count, concurrency=100, **options)["connected"])

    for _ in session.rounds(3):
        session.on("kitt", partial(measure, "kitt until its welcome", {"first_frame": True}))
        session.on("kitt", partial(measure, "kitt until the 101", {"first_frame": False}))
        session.on("fastapi", partial(measure, "fastapi until the 101", {}))
    return {key: median(rounds) for key, rounds in found.items()}


def cost(session: Session) -> dict[str, float]:
    """Microseconds of the server's CPU time for a delivery, with as many deliveries a second at 100 subscribers ("few")
    and at 10,000 ("many"), and for a message that has one subscriber."""
    found: dict[str, float] = {}

    def measure(key: str, subscribers: int, rate: float, started: Started) -> None:
        used: dict[str, float] = {}
        options = {"connections": subscribers, "concurrency": 100, "rate": rate, "seconds": session.seconds(15)}
        events = started.load(
            "paced", on_event=lambda event: used.update({event: started.cpu_seconds()}), settle=SETTLED_S, **options
        )
        found[key] = (used["measured"] - used["measuring"]) / events["measured"]["deliveries"] * 1e6

    session.on("kitt", partial(measure, "few", 100, 500))
    session.on("kitt", partial(measure, "many", session.connections(10_000), 5))
    session.on("kitt", partial(measure, "one", 1, 500))
    return found


def inbound(session: Session) -> dict[str, Figures]:
    """Messages/s that their senders get back, 64 in flight on the one connection, 8 on each of the 100."""
    found: dict[str, Figures] = {}

    def measure(started: Started) -> None:
        for connections, in_flight in ((1, 64), (100, 8)):
            options = {"connections": connections, "in_flight": in_flight, "seconds": session.seconds(3)}
            measured = started.load("inbound", **options)["measured"]
            found[str(connections)] = {
                "messages_per_s": measured["accepted_per_s"],
                "p99_ms": measured["own_ms"]["p99"],
            }

    session.on("kitt", measure)
    return found


def delivered(events: dict[str, Figures]) -> Figures:
    measured = events["measured"]
    return {
        "deliveries_per_s": measured["deliveries_per_s"],
        "p50_ms": measured["delivery_ms"]["p50"],
        "p99_ms": measured["delivery_ms"]["p99"],
        "max_ms": measured["delivery_ms"]["max"],
        "last_p99_ms": measured["last_ms"]["p99"],
        "load_cpu": measured["load_cpu"],
    }


SCENARIOS = {scenario.__name__: scenario for scenario in (broadcast, far, crowd, connect, cost, inbound)}
