"""The endpoint table. Routing, checks, docs and schemas are made from it."""

from __future__ import annotations

from typing import NamedTuple

HEARTBEAT = "heartbeat"


class Endpoint(NamedTuple):
    """A WebSocket path, and the message types that it stores and broadcasts."""

    name: str
    stored_types: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/ws/{self.name}"

    @property
    def types(self) -> tuple[str, ...]:
        """Every type that a client may send here."""
        return (*self.stored_types, HEARTBEAT)


ENDPOINTS = {
    endpoint.name: endpoint
    for endpoint in (
        Endpoint("freight", ("shipment_request", "route_update")),
        Endpoint("packing", ("packing_result", "damage_prediction")),
        Endpoint("notifications", ("notification", "weather_alert", "traffic_update", "error")),
    )
}

ALL_TYPES = frozenset(name for endpoint in ENDPOINTS.values() for name in endpoint.types)
