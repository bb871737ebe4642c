"""`traffic_update`: an incident on the road, with what truckers need (GeoJSON, WZDx 4.2, TomTom magnitudes)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    END,
    Affected,
    Id,
    Level,
    Metres,
    Name,
    Ratio,
    Seconds,
    Text200,
    Text1000,
    Time,
    affected_errors,
)
from realtime.protocol.payloads.consistency import entries, in_order
from realtime.protocol.payloads.geometry import LineString, MultiPoint, Point, geometry_errors

Speed = Annotated[float, Meta(ge=0, description="km/h")]
OpenLr = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]+={0,2}" + END, description="OpenLR as base64")]
Category = Literal[
    "accident",
    "congestion",
    "construction",
    "road_closure",
    "lane_restriction",
    "disabled_vehicle",
    "road_hazard",
    "weather",
    "planned_event",
    "border_wait",
    "other",
]
RestrictionType = Literal[
    "local-access-only",
    "no-trucks",
    "travel-peak-hours-only",
    "hov-3",
    "hov-2",
    "no-parking",
    "no-passing",
    "reduced-width",
    "reduced-height",
    "reduced-length",
    "reduced-weight",
    "axle-load-limit",
    "gross-weight-limit",
    "towing-prohibited",
    "permitted-oversize-loads-prohibited",
]
VehicleImpact = Literal[
    "all-lanes-closed",
    "some-lanes-closed",
    "all-lanes-open",
    "alternating-one-way",
    "some-lanes-closed-merge-left",
    "some-lanes-closed-merge-right",
    "all-lanes-open-shift-left",
    "all-lanes-open-shift-right",
    "some-lanes-closed-split",
    "flagging",
    "temporary-traffic-signal",
    "unknown",
]


class Restriction(msgspec.Struct, kw_only=True):
    """What a vehicle may not exceed or do (WZDx 4.2); `value` is in `unit`."""

    type: RestrictionType | UnsetType = UNSET
    value: float | UnsetType = UNSET
    unit: Name | UnsetType = UNSET


class TrafficUpdate(Payload, kw_only=True):
    """An incident or restriction on the road: s, m, km/h. `cleared` takes it off the map."""

    category: Category
    incident_id: Id | UnsetType = UNSET
    source: Id | UnsetType = UNSET
    state: Literal["active", "updated", "cleared"] | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    magnitude: Literal["unknown", "minor", "moderate", "major", "indefinite"] | UnsetType = UNSET
    geometry: Point | LineString | MultiPoint | UnsetType = UNSET
    delay_s: Seconds | UnsetType | None = UNSET
    length_m: Metres | UnsetType | None = UNSET
    speed_kph: Speed | UnsetType | None = UNSET
    road_closed: bool | UnsetType = UNSET
    road_names: Annotated[list[Text200], Meta(max_length=10)] | UnsetType = UNSET
    direction: Name | UnsetType = UNSET
    from_place: Text200 | UnsetType = msgspec.field(name="from", default=UNSET)
    to_place: Text200 | UnsetType = msgspec.field(name="to", default=UNSET)
    restrictions: list[Restriction] | UnsetType = UNSET
    vehicle_impact: VehicleImpact | UnsetType = UNSET
    lanes: list[dict[str, Any]] | UnsetType = UNSET
    start_time: Time | UnsetType | None = UNSET
    end_time: Time | UnsetType | None = UNSET
    time_validity: Literal["present", "future"] | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    probability: Ratio | UnsetType = UNSET
    description: Text1000 | UnsetType = UNSET
    openlr: OpenLr | UnsetType = UNSET
    affected: list[Affected] | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        yield from geometry_errors(self.geometry, "/geometry")
        yield from in_order("", start_time=self.start_time, end_time=self.end_time)
        yield from affected_errors(entries(self.affected), "/affected")
