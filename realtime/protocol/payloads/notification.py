"""`notification`: something that a person should know or act upon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import Count, Id, Key, Level, Name, Person, Text200, Text1000, Time
from realtime.protocol.payloads.consistency import in_order
from realtime.protocol.payloads.location import Location, location_errors

Title = Annotated[str, Meta(min_length=1, max_length=120, description="plain text")]
Label = Annotated[str, Meta(min_length=1, max_length=120, description="plain text")]
Role = Literal["dispatcher", "loader", "driver", "customer", "integrator", "admin"]
Kind = Literal[
    "delay",
    "eta_change",
    "late_departure",
    "arrival",
    "departure",
    "geofence",
    "dwell",
    "detention",
    "route_deviation",
    "prolonged_stop",
    "temperature",
    "missed_pickup",
    "missed_delivery",
    "hos",
    "damage_risk",
    "weather",
    "traffic",
    "packing",
    "assignment",
    "document",
    "tracking_lost",
    "ack",
    "system",
]


class Audience(msgspec.Struct, kw_only=True):
    """Who should see it."""

    roles: list[Role] | UnsetType = UNSET
    user_ids: list[Person] | UnsetType = UNSET


class Related(msgspec.Struct, kw_only=True):
    """The object that it is about."""

    type: Name | UnsetType = UNSET
    id: Key | UnsetType = UNSET


class Action(msgspec.Struct, kw_only=True):
    """A button that a screen may offer."""

    id: Id | UnsetType = UNSET
    label: Label | UnsetType = UNSET


class Notification(Payload, kw_only=True):
    """A notice to people, plain text, never HTML. Acknowledging and resolving are two separate things."""

    title: Title
    notification_id: Id | UnsetType = UNSET
    dedupe_key: Text200 | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    body: Text1000 | UnsetType = UNSET
    shipment_ids: Annotated[list[Id], Meta(max_length=200)] | UnsetType = UNSET
    vehicle_id: Id | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    state: Literal["open", "acknowledged", "resolved", "expired"] | UnsetType = UNSET
    acknowledged_at: Time | UnsetType = UNSET
    acknowledged_by: Person | UnsetType = UNSET
    resolved_at: Time | UnsetType = UNSET
    resolved_by: Person | UnsetType = UNSET
    assignee: Person | UnsetType = UNSET
    note: Text1000 | UnsetType = UNSET
    requires_ack: bool | UnsetType = UNSET
    ack_by: Time | UnsetType = UNSET
    expires_at: Time | UnsetType = UNSET
    first_seen: Time | UnsetType = UNSET
    last_seen: Time | UnsetType = UNSET
    count: Count | UnsetType = UNSET
    related: Related | UnsetType = UNSET
    actions: Annotated[list[Action], Meta(max_length=5)] | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        if self.level == "critical" and self.requires_ack is False:
            yield FieldError("/requires_ack", "inconsistent", "must not be false where level is critical")
        yield from location_errors(self.location, "/location")
        yield from in_order("", first_seen=self.first_seen, last_seen=self.last_seen)
