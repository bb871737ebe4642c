"""The simulated day: every message fits the protocol, and says that it is simulated."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import pytest
from django.utils import timezone

from realtime.publishing.publication import read_publication
from simulation.day import day
from simulation.events import HOUR, Clock, Event
from simulation.roads import cities, distance_m, roads, routes_from

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
TRUCKS = 40


def some_hours(hours: float, seed: int = 1, trucks: int = TRUCKS) -> list[tuple[float, Event]]:
    events = day(seed, trucks, Clock(START, 60.0))
    return list(takewhile(lambda event: event[0] <= hours * HOUR, events))


@pytest.fixture(scope="module")
def hours() -> list[Event]:
    return [event for _, event in some_hours(16)]


def updates_by_shipment(events: list[Event]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for event in events:
        if event.type == "route_update":
            found[event.payload["shipment_id"]].append(event.payload)
    return found


def test_every_message_fits_the_protocol(hours: list[Event]) -> None:
    for event in hours:
        message = {"type": event.type, "payload": event.payload, "correlation_id": event.correlation_id}
        read_publication({"endpoint": event.endpoint, "sender": "test", "messages": [message]}, timezone.now())


def test_every_message_is_marked_as_simulated(hours: list[Event]) -> None:
    assert {event.payload["source"] for event in hours} == {"simulated"}


def test_every_type_but_error_occurs(hours: list[Event]) -> None:
    assert {event.type for event in hours} == {
        "shipment_request", "route_update", "packing_result", "damage_prediction",
        "notification", "weather_alert", "traffic_update",
    }  # fmt: skip


def test_the_same_seed_is_the_same_day() -> None:
    assert some_hours(2, seed=7) == some_hours(2, seed=7)
    assert some_hours(2, seed=7) != some_hours(2, seed=8)


def test_events_come_in_the_order_of_time() -> None:
    times = [seconds for seconds, _ in some_hours(4)]
    assert times == sorted(times)


def test_a_shipment_is_asked_for_before_it_moves(hours: list[Event]) -> None:
    asked = set()
    for event in hours:
        if event.type == "shipment_request":
            asked.add(event.payload["shipment_id"])
        elif event.type == "route_update":
            assert event.payload["shipment_id"] in asked


def test_a_shipment_that_is_delivered_has_covered_its_road(hours: list[Event]) -> None:
    delivered = [updates for updates in updates_by_shipment(hours).values() if updates[-1].get("status") == "delivered"]
    assert delivered
    for updates in delivered:
        left = [update["remaining_distance_m"] for update in updates if "remaining_distance_m" in update]
        assert left == sorted(left, reverse=True)
        assert left[-1] < 20_000


def test_a_truck_moves_along_the_line_of_its_route(hours: list[Event]) -> None:
    for updates in updates_by_shipment(hours).values():
        lines = [update["route"]["geometry"]["coordinates"] for update in updates if "route" in update]
        for position in (update["position"] for update in updates if "position" in update):
            longitudes, latitudes = zip(*lines[0], strict=True)
            assert min(longitudes) - 0.001 <= position["lon"] <= max(longitudes) + 0.001
            assert min(latitudes) - 0.001 <= position["lat"] <= max(latitudes) + 0.001


def test_packed_and_unpacked_are_what_was_asked_for(hours: list[Event]) -> None:
    asked = {
        event.payload["shipment_id"]: {item["item_id"]: item["quantity"] for item in event.payload["items"]}
        for event in hours
        if event.type == "shipment_request"
    }
    for event in hours:
        if event.type == "packing_result":
            found: dict[str, int] = defaultdict(int)
            for placement in event.payload["containers"][0]["placements"]:
                found[placement["item_id"]] += 1
            for left in event.payload["unpacked"]:
                found[left["item_id"]] += left["quantity"]
            assert found == asked[event.payload["shipment_id"]]


def test_a_piece_stands_on_the_floor_or_on_the_whole_of_another(hours: list[Event]) -> None:
    results = [event.payload for event in hours if event.type == "packing_result"]
    for placements in (result["containers"][0]["placements"] for result in results):
        tops = {(p["position"]["x"], p["position"]["y"] + p["size"]["h"], p["position"]["z"]) for p in placements}
        for placement in placements:
            at = placement["position"]
            assert at["y"] == 0 or (at["x"], at["y"], at["z"]) in tops


def test_what_is_told_of_a_shipment_is_open_or_acknowledged_until_it_is_delivered(hours: list[Event]) -> None:
    states: dict[str, dict[str, str]] = defaultdict(dict)
    delivered = set()
    for event in hours:
        if event.type == "notification":
            states[event.payload["shipment_ids"][0]][event.payload["notification_id"]] = event.payload["state"]
        elif event.payload.get("status") == "delivered":
            delivered.add(event.payload["shipment_id"])
    over = {state for shipment in delivered for state in states[shipment].values()}
    under_way = {state for shipment in states.keys() - delivered for state in states[shipment].values()}
    assert (over, under_way) == ({"resolved"}, {"open", "acknowledged"})


def test_an_alert_names_the_one_that_it_replaces(hours: list[Event]) -> None:
    known = set()
    for alert in (event.payload for event in hours if event.type == "weather_alert"):
        assert set(alert["references"]) <= known
        known.add(alert["alert_id"])


def test_every_city_can_be_reached_from_every_other() -> None:
    assert all(len(routes_from(city)) == len(cities()) - 1 for city in cities()[:5])


def test_a_road_is_not_shorter_than_the_crow_flies() -> None:
    places = {city.name: city.place for city in cities()}
    for name, neighbours in roads().items():
        for neighbour, metres in neighbours.items():
            assert metres > 0.93 * distance_m(places[name], places[neighbour]), (name, neighbour)
