"""A place, as text or as an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.common import END, Latitude, Longitude, Name, Text200
from realtime.protocol.payloads.identifiers import Gln, check_digit_errors, gs1_fits

PlaceName = Annotated[str, Meta(min_length=1, max_length=200)]
UnLocode = Annotated[
    str,
    Meta(pattern="^[A-Z]{2}[A-Z2-9]{3}" + END, description="2 capitals, then 3 of A-Z 2-9, UN/LOCODE"),
]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}" + END, description="2 capitals, ISO 3166-1 alpha-2")]
PostalCode = Annotated[str, Meta(max_length=20)]
TimeZone = Annotated[
    str,
    Meta(pattern="^[A-Za-z][A-Za-z0-9_+/-]{0,63}" + END, description="a time zone name, IANA"),
]


class Address(msgspec.Struct, kw_only=True):
    """A postal address; the country is ISO 3166-1 alpha-2."""

    line1: Text200 | UnsetType = UNSET
    city: Text200 | UnsetType = UNSET
    region: Text200 | UnsetType = UNSET
    postal_code: PostalCode | UnsetType = UNSET
    country: Country | UnsetType = UNSET


class Place(msgspec.Struct, kw_only=True):
    """A place by name, UN/LOCODE, GS1 GLN, WGS 84 degrees or address; lat and lon go together."""

    name: PlaceName | UnsetType = UNSET
    unlocode: UnLocode | UnsetType = UNSET
    gln: Gln | UnsetType = UNSET
    lat: Latitude | UnsetType = UNSET
    lon: Longitude | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    facility_code: Name | UnsetType = UNSET
    timezone: TimeZone | UnsetType = UNSET


Location = PlaceName | Place


def location_errors(location: str | Place | UnsetType, path: str) -> Iterator[FieldError]:
    """A GLN needs its check digit; a latitude needs a longitude and the other way round."""
    if not isinstance(location, Place):
        return
    yield from check_digit_errors(location.gln, f"{path}/gln", gs1_fits)
    if (location.lat is UNSET) != (location.lon is UNSET):
        absent, present = ("lat", "lon") if location.lat is UNSET else ("lon", "lat")
        yield FieldError(f"{path}/{absent}", "missing", f"is required beside {present}")
