"""Types that several payloads share. A name says the unit; a description says it to readers of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.consistency import in_order

# `$` alone also matches before a trailing newline in Python; this form means the same there and in ECMAScript.
END = r"(?!\n)$"

Id = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}" + END,
        description="1 to 64 of A-Z a-z 0-9 . _ : / - and a letter or digit first",
    ),
]
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset")]

Code2 = Annotated[str, Meta(pattern="^[A-Z0-9]{2}" + END, description="2 of A-Z 0-9")]
ItemId = Annotated[str, Meta(min_length=1, max_length=64)]
Key = Annotated[str, Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=50)]
Person = Annotated[str, Meta(min_length=1, max_length=120)]
Text64 = Annotated[str, Meta(max_length=64)]
Text120 = Annotated[str, Meta(max_length=120)]
Text200 = Annotated[str, Meta(max_length=200)]
Text500 = Annotated[str, Meta(max_length=500)]
Text1000 = Annotated[str, Meta(max_length=1000)]

Count = Annotated[int, Meta(ge=1)]
Quantity = Annotated[int, Meta(ge=1, le=100_000, description="pieces")]
StopSequence = Annotated[int, Meta(ge=1, le=99, description="the place in the order of stops")]
Rotation = Annotated[int, Meta(ge=0, le=5, description="0 WHD, 1 HWD, 2 HDW, 3 DHW, 4 DWH, 5 WDH along x, y, z")]
Ratio = Annotated[float, Meta(ge=0, le=1, description="a ratio from 0 to 1, not a percentage")]

Centimetres = Annotated[float, Meta(description="cm")]
PositiveCentimetres = Annotated[float, Meta(gt=0, description="cm")]
Kilograms = Annotated[float, Meta(ge=0, description="kg")]
PositiveKilograms = Annotated[float, Meta(gt=0, description="kg")]
Metres = Annotated[float, Meta(ge=0, description="m")]
Seconds = Annotated[float, Meta(ge=0, description="s")]
Celsius = Annotated[float, Meta(ge=-60, le=60, description="degrees Celsius")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="degrees north, WGS 84")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="degrees east, WGS 84")]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}" + END, description="3 capitals, ISO 4217")]
Amount = Annotated[float, Meta(ge=0)]

Level = Literal["info", "low", "medium", "high", "critical"]
"""KITT's own severity, on notification, weather, traffic and damage alike, so that one filter serves all."""


class Window(msgspec.Struct, kw_only=True):
    """A span of time; one open side is fine (X12 G62)."""

    start: Time | UnsetType = UNSET
    end: Time | UnsetType = UNSET


class Money(msgspec.Struct, kw_only=True):
    """An amount of a currency (ISO 4217)."""

    amount: Amount
    currency: Currency


class Dimensions(msgspec.Struct, kw_only=True):
    """The inside of a container or trailer, cm: width along x, height along y, depth along z."""

    width: PositiveCentimetres
    height: PositiveCentimetres
    depth: PositiveCentimetres


class Affected(msgspec.Struct, kw_only=True):
    """A shipment that an alert touches: when it enters and leaves the area, and how far away that is in m."""

    shipment_id: Id
    enters_at: Time | UnsetType = UNSET
    exits_at: Time | UnsetType = UNSET
    distance_m: Metres | UnsetType = UNSET


def window_errors(window: Window | UnsetType, path: str) -> Iterator[FieldError]:
    """A window must not end before it starts."""
    if window is not UNSET:
        yield from in_order(path, start=window.start, end=window.end)


def affected_errors(affected: list[Affected], path: str) -> Iterator[FieldError]:
    """A shipment must not leave an area before it enters it."""
    for index, one in enumerate(affected):
        yield from in_order(f"{path}/{index}", enters_at=one.enters_at, exits_at=one.exits_at)
