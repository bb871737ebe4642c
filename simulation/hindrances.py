"""Storms that drift and incidents on the road: they slow down who comes near, and are told as alerts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from simulation.events import HOUR, MINUTE, Clock, Event, random_id
from simulation.roads import Place, cities, distance_m, roads

STORMS = (("Severe Thunderstorm Warning", "Severe", "high"), ("Winter Storm Warning", "Extreme", "critical"))
CALMER = (("High Wind Warning", "Moderate", "medium"), ("Dense Fog Advisory", "Minor", "low"))
INCIDENTS = (("accident", "high"), ("congestion", "medium"), ("construction", "low"), ("disabled_vehicle", "medium"))
CORNERS = 12
KM = 1000.0


@dataclass
class Hindrance:
    """A circle in which trucks drive at `pace` times their speed."""

    kind: str
    id: str
    centre: Place
    radius_m: float
    pace: float


class Hindrances:
    """Those that are there now."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self.random = random
        self.clock = clock
        self.present: list[Hindrance] = []

    def at(self, place: Place) -> Hindrance | None:
        """The worst one here."""
        near = [each for each in self.present if distance_m(each.centre, place) <= each.radius_m]
        return min(near, key=lambda each: each.pace, default=None)

    def storms(self, first: float) -> Iterator[float | Event]:
        """One storm after the other, for ever: where it is every half hour, until it is gone."""
        now, number = first, 0
        yield first
        while True:
            number += 1
            event, severity, level = self.random.choice(STORMS + CALMER)
            city = self.random.choice(cities())
            storm = Hindrance("weather", "", city.place, self.random.uniform(60, 160) * KM, PACES[level])
            self.present.append(storm)
            correlation_id = random_id(self.random)
            ends = now + self.random.uniform(2, 6) * HOUR
            while now < ends:
                payload = self.alert(storm, event, severity, level, f"near {city.name}", now, ends)
                yield Event("notifications", "weather_alert", payload, correlation_id)
                yield 30 * MINUTE
                now += 30 * MINUTE
                storm.centre = Place(storm.centre.lat + 0.08, min(storm.centre.lon + 0.25, 179.0))
            cancelled = self.alert(storm, event, severity, level, f"near {city.name}", now, now)
            yield Event("notifications", "weather_alert", cancelled | {"message_type": "Cancel"}, correlation_id)
            self.present.remove(storm)
            pause = self.random.uniform(0.5, 2) * HOUR
            now += pause
            yield pause

    def alert(
        self, storm: Hindrance, event: str, severity: str, level: str, area: str, now: float, ends: float
    ) -> dict[str, Any]:
        """A payload. Each one replaces the one before, as CAP has it: by naming it in `references`."""
        before, storm.id = storm.id, f"urn:kitt:simulated:{random_id(self.random)}"
        return {
            "alert_id": storm.id,
            "source": "simulated",
            "event": event,
            "severity": severity,
            "level": level,
            "certainty": "Observed",
            "urgency": "Immediate",
            "status": "Actual",
            "message_type": "Update" if before else "Alert",
            "sent": self.clock.text(now),
            "effective": self.clock.text(now),
            "ends": self.clock.text(ends),
            "headline": f"{event} {area} (simulated)",
            "area_desc": area,
            "geometry": {"type": "Polygon", "coordinates": [circle(storm.centre, storm.radius_m)]},
            "references": [before] if before else [],
        }

    def incidents(self, first: float) -> Iterator[float | Event]:
        """One incident after the other on a road somewhere, each told when it begins and when it is over."""
        now = first
        yield first
        while True:
            category, level = self.random.choice(INCIDENTS)
            city = self.random.choice(cities())
            neighbour = self.random.choice([each for each in cities() if each.name in roads()[city.name]])
            share = self.random.uniform(0.2, 0.8)
            start, end = between(city.place, neighbour.place, share), between(city.place, neighbour.place, share + 0.1)
            incident = Hindrance("traffic", random_id(self.random), start, 25 * KM, PACES[level])
            self.present.append(incident)
            lasts = self.random.uniform(1, 3) * HOUR
            payload = {
                "incident_id": incident.id,
                "source": "simulated",
                "category": category,
                "state": "active",
                "level": level,
                "geometry": {"type": "LineString", "coordinates": [[p.lon, p.lat] for p in (start, end)]},
                "delay_s": round(self.random.uniform(600, 3600)),
                "from": city.name,
                "to": neighbour.name,
                "start_time": self.clock.text(now),
                "end_time": self.clock.text(now + lasts),
                "description": f"{category.replace('_', ' ')} between {city.name} and {neighbour.name} (simulated)",
            }
            yield Event("notifications", "traffic_update", payload, incident.id)
            yield lasts
            now += lasts
            yield Event("notifications", "traffic_update", payload | {"state": "cleared"}, incident.id)
            self.present.remove(incident)
            pause = self.random.uniform(0.2, 1) * HOUR
            now += pause
            yield pause


PACES = {"critical": 0.3, "high": 0.4, "medium": 0.6, "low": 0.8}


def circle(centre: Place, radius_m: float) -> list[list[float]]:
    """A closed ring of [lon, lat], counter-clockwise as RFC 7946 wants an outer ring."""
    north = radius_m / 111_320
    east = north / math.cos(math.radians(centre.lat))
    angles = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    ring = [
        [round(centre.lon + east * math.cos(each), 4), round(centre.lat + north * math.sin(each), 4)] for each in angles
    ]
    return [*ring, ring[0]]


def between(one: Place, other: Place, share: float) -> Place:
    return Place(
        round(one.lat + share * (other.lat - one.lat), 4),
        round(one.lon + share * (other.lon - one.lon), 4),
    )
