"""`weather_alert`: CAP 1.2 with the names and nulls of the US National Weather Service's feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    END,
    Affected,
    Key,
    Level,
    Text200,
    Text500,
    Time,
    affected_errors,
)
from realtime.protocol.payloads.consistency import entries
from realtime.protocol.payloads.geometry import MultiPolygon, Polygon, geometry_errors

MAX_PARAMETER_BYTES = 16 * 1024

EventName = Annotated[str, Meta(min_length=1, max_length=100)]
AreaDescription = Annotated[str, Meta(max_length=4000)]
Description = Annotated[str, Meta(max_length=16_000)]
Instruction = Annotated[str, Meta(max_length=8000)]
UgcZone = Annotated[str, Meta(pattern="^[A-Z]{2}[CZ][0-9]{3}" + END, description="a UGC zone such as ILZ104")]
SameCode = Annotated[str, Meta(pattern="^[0-9]{6}" + END, description="6 digits, SAME")]


class Geocode(msgspec.Struct, kw_only=True):
    """The zones of the alert; either list may be absent or empty."""

    ugc: Annotated[list[UgcZone], Meta(max_length=300)] | UnsetType = UNSET
    same: Annotated[list[SameCode], Meta(max_length=300)] | UnsetType = UNSET


class EarlierAlert(msgspec.Struct, kw_only=True):
    """An earlier alert that this one updates or cancels, in the object form of the NWS."""

    identifier: Key | UnsetType = UNSET


class WeatherAlert(Payload, kw_only=True):
    """An official weather alert (CAP 1.2); values keep CAP's capitals, `level` is KITT's own severity."""

    event: EventName
    severity: Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
    alert_id: Key | UnsetType = UNSET
    source: Key | UnsetType = UNSET
    area_desc: AreaDescription | UnsetType = UNSET
    certainty: Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"] | UnsetType = UNSET
    urgency: Literal["Immediate", "Expected", "Future", "Past", "Unknown"] | UnsetType = UNSET
    status: Literal["Actual", "Exercise", "System", "Test", "Draft"] | UnsetType = UNSET
    message_type: Literal["Alert", "Update", "Cancel", "Ack", "Error"] | UnsetType = UNSET
    sent: Time | UnsetType = UNSET
    effective: Time | UnsetType = UNSET
    expires: Time | UnsetType | None = UNSET
    onset: Time | UnsetType | None = UNSET
    ends: Time | UnsetType | None = UNSET
    headline: Text500 | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    instruction: Instruction | UnsetType | None = UNSET
    response: Text200 | UnsetType | None = UNSET
    sender_name: Text200 | UnsetType | None = UNSET
    geocode: Geocode | UnsetType = UNSET
    geometry: Polygon | MultiPolygon | UnsetType | None = UNSET
    references: Annotated[list[Key | EarlierAlert], Meta(max_length=50)] | UnsetType = UNSET
    parameters: dict[str, list[str]] | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    affected: list[Affected] | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        yield from geometry_errors(self.geometry, "/geometry")
        if self.parameters is not UNSET and _json_bytes(self.parameters) > MAX_PARAMETER_BYTES:
            yield FieldError("/parameters", "out_of_bounds", "must have at most 16384 bytes as JSON")
        yield from affected_errors(entries(self.affected), "/affected")


def _json_bytes(value: dict[str, list[str]]) -> int:
    # Python's encoder, because msgspec's raises on lone surrogates.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="surrogatepass"))
