"""How many sockets this process lets in: in all, from one address, and of one client."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from realtime.conf import kitt_settings, variable_of
from realtime.networks import network_of


class Place(NamedTuple):
    """`setting` is the field of KittSettings that says how many there are for each `name`; 0 is no limit."""

    setting: str
    name: str


class FullError(Exception):
    """Its text is the variable that is in the way."""


class Places:
    """Taken from a socket's handshake on, so that those that are not admitted yet count as well."""

    def __init__(self) -> None:
        self.taken: Counter[Place] = Counter()

    def take(self, place: Place) -> None:
        """Raises FullError."""
        limit = getattr(kitt_settings(), place.setting)
        if limit and self.taken[place] >= limit:
            raise FullError(variable_of(place.setting))
        self.taken[place] += 1

    def give_back(self, place: Place) -> None:
        self.taken[place] -= 1
        if not self.taken[place]:
            del self.taken[place]


IN_ALL = Place("max_connections", "")


def place_of_address(host: str) -> Place:
    """Of IPv6 it is the network: all of its addresses belong to one customer."""
    return Place("max_connections_per_address", network_of(host))


def place_of_client(client_id: str) -> Place:
    return Place("max_connections_per_client", client_id)
