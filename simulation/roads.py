"""Cities and the roads between them: how far it is, which way, and where one is after so many metres."""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from functools import cache
from heapq import heappop, heappush
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent / "data"
METRES_IN_A_MILE = 1609.344
EARTH_RADIUS_M = 6_371_000


class Place(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lon: float


class City(NamedTuple):
    """A city with its state or province: `Toledo, OH`."""

    name: str
    place: Place


class Route(NamedTuple):
    """The cities on the way, and how many metres of road each is from the first."""

    cities: list[City]
    metres: list[float]

    @property
    def length_m(self) -> float:
        return self.metres[-1]

    def leg(self, metres: float) -> int:
        return min(max(bisect_right(self.metres, metres), 1), len(self.metres) - 1)

    def place(self, metres: float) -> Place:
        """Where one is after so many metres. Between two cities the road is drawn as a straight line."""
        leg = self.leg(metres)
        before, after = self.cities[leg - 1].place, self.cities[leg].place
        share = (metres - self.metres[leg - 1]) / (self.metres[leg] - self.metres[leg - 1])
        return Place(before.lat + share * (after.lat - before.lat), before.lon + share * (after.lon - before.lon))

    def heading(self, metres: float) -> float:
        leg = self.leg(metres)
        return bearing(self.cities[leg - 1].place, self.cities[leg].place)

    def line(self) -> list[list[float]]:
        """GeoJSON positions: [lon, lat]."""
        return [[city.place.lon, city.place.lat] for city in self.cities]


@cache
def cities() -> list[City]:
    with (DATA / "cities.csv").open(newline="") as file:
        return [City(row["name"], Place(float(row["lat"]), float(row["lon"]))) for row in csv.DictReader(file)]


@cache
def roads() -> dict[str, dict[str, float]]:
    """For each city its neighbours, in metres of road."""
    found: dict[str, dict[str, float]] = {city.name: {} for city in cities()}
    with (DATA / "roads.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            metres = float(row["miles"]) * METRES_IN_A_MILE
            found[row["one"]][row["other"]] = found[row["other"]][row["one"]] = metres
    return found


@cache
def routes_from(origin: City) -> dict[str, Route]:
    """The shortest way to every other city, by its name (Dijkstra 1959)."""
    before: dict[str, str] = {}
    settled: dict[str, float] = {}
    waiting = [(0.0, origin.name, origin.name)]
    while waiting:
        metres, name, previous = heappop(waiting)
        if name not in settled:
            settled[name], before[name] = metres, previous
            for neighbour, length in roads()[name].items():
                heappush(waiting, (metres + length, neighbour, name))
    by_name = {city.name: city for city in cities()}
    ways = {name: way(origin.name, name, before) for name in settled if name != origin.name}
    return {name: measured([by_name[each] for each in names]) for name, names in ways.items()}


def way(origin: str, destination: str, before: dict[str, str]) -> list[str]:
    names = [destination]
    while names[-1] != origin:
        names.append(before[names[-1]])
    return names[::-1]


def measured(found: list[City]) -> Route:
    legs = [roads()[one.name][other.name] for one, other in pairwise(found)]
    return Route(found, [0.0, *accumulate(legs)])


def distance_m(one: Place, other: Place) -> float:
    """As the crow flies: the haversine formula on a sphere."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    across = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    share = math.sin((other_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(other_lat) * across
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(share))


def bearing(one: Place, other: Place) -> float:
    """The initial course in degrees clockwise from north, 0 to below 360."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    turn = math.radians(other.lon - one.lon)
    east = math.sin(turn) * math.cos(other_lat)
    north = math.cos(lat) * math.sin(other_lat) - math.sin(lat) * math.cos(other_lat) * math.cos(turn)
    return round(math.degrees(math.atan2(east, north)), 1) % 360
