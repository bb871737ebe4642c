"""`route_update`: where a shipment is and when it will be there (telematics, drivers, routers; KITT's X12 214)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    Celsius,
    Code2,
    Id,
    Key,
    Latitude,
    Longitude,
    Metres,
    Name,
    Ratio,
    Seconds,
    StopSequence,
    Time,
)
from realtime.protocol.payloads.consistency import in_order
from realtime.protocol.payloads.geometry import RouteLine, geometry_errors
from realtime.protocol.payloads.location import Location, location_errors

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far ahead of the server's clock a sender's clock may be."""

Speed = Annotated[float, Meta(ge=0, le=200, description="km/h")]
Heading = Annotated[float, Meta(ge=0, lt=360, description="degrees clockwise from north")]
Altitude = Annotated[float, Meta(description="m above sea level")]
Minutes = Annotated[float, Meta(description="minutes; later is positive")]
# 4200 minutes are the 70 hours of the longest US duty cycle.
DrivingTime = Annotated[float, Meta(ge=0, le=4200, description="minutes")]
Sequence = Annotated[int, Meta(ge=0)]

Source = Literal["eld", "telematics", "mobile_app", "carrier_api", "edi_214", "manual", "router", "simulated"]
Status = Literal[
    "planned",
    "tendered",
    "accepted",
    "declined",
    "dispatched",
    "at_pickup",
    "loaded",
    "in_transit",
    "at_stop",
    "at_delivery",
    "delivered",
    "delayed",
    "exception",
    "cancelled",
]


class VehiclePosition(msgspec.Struct, kw_only=True):
    """Where the vehicle is: degrees WGS 84, km/h, degrees clockwise from north, m."""

    lat: Latitude
    lon: Longitude
    speed_kph: Speed | UnsetType = UNSET
    heading_deg: Heading | UnsetType = UNSET
    accuracy_m: Metres | UnsetType = UNSET
    altitude_m: Altitude | UnsetType = UNSET


class StopVisit(msgspec.Struct, kw_only=True):
    """The stop that the update is about, with the times of arrival and departure."""

    sequence: StopSequence | UnsetType = UNSET
    type: Name | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    arrived_at: Time | UnsetType = UNSET
    departed_at: Time | UnsetType = UNSET


class Eta(msgspec.Struct, kw_only=True):
    """The expected arrival and its span; `delta_min` is the change in minutes, `confidence` a ratio."""

    estimated_at: Time | UnsetType = UNSET
    low: Time | UnsetType = UNSET
    high: Time | UnsetType = UNSET
    previous: Time | UnsetType = UNSET
    delta_min: Minutes | UnsetType = UNSET
    on_time: bool | UnsetType = UNSET
    confidence: Ratio | UnsetType = UNSET


class Route(msgspec.Struct, kw_only=True):
    """The way to drive, in m and s as OSRM gives them."""

    distance_m: Metres | UnsetType = UNSET
    duration_s: Seconds | UnsetType = UNSET
    geometry: RouteLine | UnsetType = UNSET
    legs: list[dict[str, Any]] | UnsetType = UNSET
    engine: Name | UnsetType = UNSET
    profile: Name | UnsetType = UNSET
    has_toll: bool | UnsetType = UNSET
    has_ferry: bool | UnsetType = UNSET
    lifecycle: Literal["planned", "projected", "actual"] | UnsetType = UNSET


class Cause(msgspec.Struct, kw_only=True):
    """What is behind a change; `ref` is the id of the alert or result."""

    type: Literal["weather", "traffic", "packing", "other"] | UnsetType = UNSET
    ref: Key | UnsetType = UNSET


class RouteUpdate(Payload, kw_only=True):
    """News of one shipment on its way (KITT's X12 214): position, status, ETA, route or deviation."""

    shipment_id: Id
    update_kind: Literal["position", "status", "eta", "route", "deviation"] | UnsetType = UNSET
    event_id: Id | UnsetType = UNSET
    sequence: Sequence | UnsetType = UNSET
    observed_at: Time | UnsetType = UNSET
    source: Source | UnsetType = UNSET
    vehicle_id: Id | UnsetType = UNSET
    driver_id: Id | UnsetType = UNSET
    trailer_id: Id | UnsetType = UNSET
    position: VehiclePosition | UnsetType = UNSET
    motion: Literal["moving", "idle", "stopped", "offline"] | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    status_code: Code2 | UnsetType = UNSET
    reason_code: Code2 | UnsetType = UNSET
    stop: StopVisit | UnsetType = UNSET
    eta: Eta | UnsetType = UNSET
    route: Route | UnsetType = UNSET
    remaining_distance_m: Metres | UnsetType = UNSET
    remaining_duration_s: Seconds | UnsetType = UNSET
    off_route_m: Metres | UnsetType = UNSET
    hos_remaining_min: DrivingTime | UnsetType = UNSET
    temperature_c: Celsius | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        if self.observed_at is not UNSET and self.observed_at > now + CLOCK_TOLERANCE:
            message = "must not be more than 60 s ahead of the server's clock"
            yield FieldError("/observed_at", "out_of_bounds", message)
        if self.stop is not UNSET:
            stop = self.stop
            yield from location_errors(stop.location, "/stop/location")
            yield from in_order("/stop", arrived_at=stop.arrived_at, departed_at=stop.departed_at)
        if self.eta is not UNSET:
            yield from in_order("/eta", low=self.eta.low, estimated_at=self.eta.estimated_at, high=self.eta.high)
        if self.route is not UNSET:
            yield from geometry_errors(self.route.geometry, "/route/geometry")
