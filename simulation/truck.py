"""A truck: one shipment after the other, from wherever the last one ended."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from simulation.events import HOUR, MINUTE, Clock, Event
from simulation.hindrances import Hindrances
from simulation.roads import City, Route, cities, routes_from
from simulation.shipment import CRUISE_KPH, Shipment

POSITION_EVERY_S = 5 * MINUTE
SHORTEST_M, LONGEST_M = 150_000, 1_500_000
LATE_S = 20 * MINUTE
"""Less than this is no news."""
REST_AFTER_S, REST_S = 8 * HOUR, 30 * MINUTE
"""US drivers rest half an hour after eight hours of driving (49 CFR 395.3)."""


class Truck:
    """Its life is a series of waits, in simulated seconds, and events."""

    def __init__(self, random: Random, clock: Clock, numbers: count[int], number: int, hindrances: Hindrances) -> None:
        self.random, self.clock, self.numbers, self.number = random, clock, numbers, number
        self.hindrances = hindrances
        self.city = random.choice(cities())
        self.now = 0.0

    def life(self) -> Iterator[float | Event]:
        """The first shipment is on its way already, so that there is something to see at once."""
        yield from self.wait(self.random.uniform(0, 20 * MINUTE))
        yield from self.trip(already_driven=self.random.uniform(0.05, 0.85))
        while True:
            yield from self.wait(self.random.uniform(0.5, 3) * HOUR)
            yield from self.trip(already_driven=0.0)

    def wait(self, seconds: float) -> Iterator[float]:
        self.now += seconds
        yield seconds

    def trip(self, already_driven: float) -> Iterator[float | Event]:
        route = self.random.choice(reachable(self.city))
        shipment = Shipment(self.random, self.clock, next(self.numbers), self.number, route)
        yield shipment.request(self.now, already_driven)
        yield from self.wait(self.random.uniform(1, 3) * MINUTE)
        yield from shipment.packing(self.now)
        if not already_driven:
            for status in ("dispatched", "at_pickup", "loaded"):
                yield shipment.status(self.now, status)
                yield from self.wait(self.random.uniform(15, 35) * MINUTE)
        yield from shipment.acknowledged(self.now)
        yield shipment.status(self.now, "in_transit")
        yield from self.drive(shipment, already_driven * route.length_m)
        yield shipment.status(self.now, "at_delivery")
        yield from self.wait(self.random.uniform(20, 60) * MINUTE)
        yield from shipment.delivered(self.now)
        self.city = route.cities[-1]

    def drive(self, shipment: Shipment, driven_m: float) -> Iterator[float | Event]:
        yield shipment.departure(self.now, driven_m)
        told_late = False
        rest_at = self.now + REST_AFTER_S
        while driven_m < shipment.route.length_m:
            if self.now >= rest_at:
                rest_at = self.now + REST_S + REST_AFTER_S
                yield shipment.position(self.now, driven_m, speed_kph=0.0)
                yield from self.wait(REST_S)
            hindrance = self.hindrances.at(shipment.route.place(driven_m))
            speed_kph = CRUISE_KPH * self.random.uniform(0.92, 1.05) * (hindrance.pace if hindrance else 1)
            yield shipment.position(self.now, driven_m, speed_kph)
            if not told_late and shipment.lateness(self.now, driven_m) > LATE_S:
                told_late = True
                yield from shipment.delay(self.now, driven_m, hindrance)
            yield from self.wait(POSITION_EVERY_S)
            driven_m = min(driven_m + speed_kph / 3.6 * POSITION_EVERY_S, shipment.route.length_m)


def reachable(city: City) -> list[Route]:
    return [route for route in routes_from(city).values() if SHORTEST_M <= route.length_m <= LONGEST_M]
