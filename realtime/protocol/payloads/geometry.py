"""GeoJSON shapes (RFC 7946): WGS 84, positions are [lon, lat] or [lon, lat, altitude in m]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError

Position = Annotated[
    list[float],
    Meta(min_length=2, max_length=3, description="[lon, lat] in degrees WGS 84, and an altitude in m"),
]
Ring = Annotated[list[Position], Meta(min_length=4, description="a closed ring: the last position is the first")]
Rings = Annotated[list[Ring], Meta(min_length=1, description="the outer ring, then the holes")]


class Point(msgspec.Struct, tag_field="type", tag="Point", kw_only=True):
    """One position (RFC 7946)."""

    coordinates: Position


class MultiPoint(msgspec.Struct, tag_field="type", tag="MultiPoint", kw_only=True):
    """1 to 2000 positions (RFC 7946)."""

    coordinates: Annotated[list[Position], Meta(min_length=1, max_length=2000)]


class LineString(msgspec.Struct, tag_field="type", tag="LineString", kw_only=True):
    """A stretch of road of 2 to 2000 positions (RFC 7946)."""

    coordinates: Annotated[list[Position], Meta(min_length=2, max_length=2000)]


class RouteLine(msgspec.Struct, kw_only=True):
    """A whole route as a LineString (RFC 7946) of 2 to 5000 positions: simplify before sending."""

    type: Literal["LineString"]
    coordinates: Annotated[list[Position], Meta(min_length=2, max_length=5000)]


class Polygon(msgspec.Struct, tag_field="type", tag="Polygon", kw_only=True):
    """An area (RFC 7946)."""

    coordinates: Rings


class MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon", kw_only=True):
    """Several areas (RFC 7946)."""

    coordinates: Annotated[list[Rings], Meta(min_length=1)]


Shape = Point | MultiPoint | LineString | RouteLine | Polygon | MultiPolygon


def geometry_errors(shape: Shape | UnsetType | None, path: str) -> Iterator[FieldError]:
    """Positions must lie on the earth and rings must be closed."""
    if shape is UNSET or shape is None:
        return
    path = f"{path}/coordinates"
    yield from _stray_positions(shape.coordinates, path)
    for ring_path, ring in _rings(shape, path):
        if ring[0] != ring[-1]:
            yield FieldError(ring_path, "inconsistent", "must end at the position where it starts (RFC 7946)")


def _rings(shape: Shape, path: str) -> Iterator[tuple[str, list[list[float]]]]:
    if isinstance(shape, Polygon):
        yield from ((f"{path}/{index}", ring) for index, ring in enumerate(shape.coordinates))
    elif isinstance(shape, MultiPolygon):
        for number, rings in enumerate(shape.coordinates):
            yield from ((f"{path}/{number}/{index}", ring) for index, ring in enumerate(rings))


def _stray_positions(coordinates: list[Any], path: str) -> Iterator[FieldError]:
    if isinstance(coordinates[0], float):
        if abs(coordinates[0]) > 180:
            yield FieldError(f"{path}/0", "out_of_bounds", "the longitude must be at least -180 and at most 180")
        if abs(coordinates[1]) > 90:
            yield FieldError(f"{path}/1", "out_of_bounds", "the latitude must be at least -90 and at most 90")
        return
    for index, part in enumerate(coordinates):
        # Paths are built for offenders only: a route has thousands of positions and hardly ever a bad one.
        if not _is_on_earth(part):
            yield from _stray_positions(part, f"{path}/{index}")


def _is_on_earth(part: list[Any]) -> bool:
    return isinstance(part[0], float) and abs(part[0]) <= 180 and abs(part[1]) <= 90
