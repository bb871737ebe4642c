"""`packing_result`: what goes where in which container (a packing engine to planners and loaders)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    END,
    Centimetres,
    Count,
    Dimensions,
    Id,
    ItemId,
    Kilograms,
    Name,
    PositiveCentimetres,
    PositiveKilograms,
    Quantity,
    Ratio,
    Rotation,
    StopSequence,
)
from realtime.protocol.payloads.consistency import entries
from realtime.protocol.payloads.overlap import Box, overlapping

TOLERANCE_CM = 0.1
"""How far placements may overlap or reach outside: engines round."""
MAX_OVERLAPS = 5
"""Overlaps that are reported for one container: one misplaced box hits many."""

Milliseconds = Annotated[int, Meta(ge=0, description="ms")]
InputHash = Annotated[str, Meta(min_length=1, max_length=128)]
Url = Annotated[str, Meta(pattern=r"^https?://\S{1,2000}" + END, description="an http or https address")]
Axes = Literal["x=width,y=height,z=depth; origin=floor, left, nose; z grows to the doors"]
Reason = Literal["too_large", "too_heavy", "no_space", "orientation", "incompatible", "time_limit"]


class Corner(msgspec.Struct, kw_only=True):
    """A point inside a container, cm: x to the right, y up, z from the nose to the doors."""

    x: Centimetres
    y: Centimetres
    z: Centimetres


class PlacedSize(msgspec.Struct, kw_only=True):
    """What a piece takes up as it lies, cm: w along x, h along y, d along z."""

    w: PositiveCentimetres
    h: PositiveCentimetres
    d: PositiveCentimetres


class Placement(msgspec.Struct, kw_only=True):
    """Where one piece lies (cm), by its corner next to the origin, and when it is loaded."""

    item_id: ItemId | UnsetType = UNSET
    piece: Count | UnsetType = UNSET
    load_order: Count | UnsetType = UNSET
    position: Corner | UnsetType = UNSET
    size: PlacedSize | UnsetType = UNSET
    rotation: Rotation | UnsetType = UNSET
    support_ratio: Ratio | UnsetType = UNSET
    load_on_top_kg: Kilograms | UnsetType = UNSET
    stop_sequence: StopSequence | UnsetType = UNSET


class Utilisation(msgspec.Struct, kw_only=True):
    """How full the container is, as ratios from 0 to 1."""

    volume: Ratio | UnsetType = UNSET
    weight: Ratio | UnsetType = UNSET
    floor: Ratio | UnsetType = UNSET


class AxleLoad(msgspec.Struct, kw_only=True):
    """The load on one axle group and what it may carry, kg."""

    name: Name | UnsetType = UNSET
    kg: Kilograms | UnsetType = UNSET
    limit_kg: Kilograms | UnsetType = UNSET


class Container(msgspec.Struct, kw_only=True):
    """One loaded container or trailer: cm, kg, ratios from 0 to 1."""

    container_id: Id | UnsetType = UNSET
    type: Name | UnsetType = UNSET
    inner: Dimensions | UnsetType = UNSET
    max_weight: PositiveKilograms | UnsetType = UNSET
    placements: list[Placement] | UnsetType = UNSET
    utilisation: Utilisation | UnsetType = UNSET
    weight_kg: Kilograms | UnsetType = UNSET
    centre_of_gravity: Corner | UnsetType = UNSET
    axle_loads: list[AxleLoad] | UnsetType = UNSET

    def contradictions(self, path: str) -> Iterator[FieldError]:
        """Loading order without gaps, everything inside, nothing in the same space."""
        placements = entries(self.placements)
        path = f"{path}/placements"
        yield from _load_order_errors(placements, path)
        boxes = list(_boxes(placements))
        if self.inner is not UNSET:
            inner = (self.inner.width, self.inner.height, self.inner.depth)
            yield from _outside(boxes, inner, path)
        for one, other in islice(overlapping(boxes), MAX_OVERLAPS):
            message = f"overlaps placement {one} by more than {TOLERANCE_CM} cm"
            yield FieldError(f"{path}/{other}/position", "inconsistent", message)


class Unpacked(msgspec.Struct, kw_only=True):
    """Pieces of an item that were left behind, and why."""

    item_id: ItemId | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    reason: Reason | UnsetType = UNSET


class PackingResult(Payload, kw_only=True):
    """A load plan for one or several shipments. `running` is a progress frame; utilisation is a ratio."""

    one_of: ClassVar[tuple[str, ...]] = ("shipment_id", "shipment_ids")

    shipment_id: Id | UnsetType = UNSET
    shipment_ids: Annotated[list[Id], Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    packing_id: Id | UnsetType = UNSET
    status: Literal["complete", "partial", "infeasible", "timeout", "running"] | UnsetType = UNSET
    axes: Axes | UnsetType = UNSET
    containers: Annotated[list[Container], Meta(max_length=50)] | UnsetType = UNSET
    unpacked: list[Unpacked] | UnsetType = UNSET
    placements_url: Url | UnsetType = UNSET
    algorithm: Name | UnsetType = UNSET
    computed_ms: Milliseconds | UnsetType = UNSET
    input_hash: InputHash | UnsetType = UNSET
    supersedes: Id | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        if self.containers == [] and self.status is not UNSET and self.status != "infeasible":
            yield FieldError("/containers", "inconsistent", "may only be empty where status is infeasible")
        for index, container in enumerate(entries(self.containers)):
            yield from container.contradictions(f"/containers/{index}")


def _load_order_errors(placements: list[Placement], path: str) -> Iterator[FieldError]:
    orders = [placement.load_order for placement in placements if placement.load_order is not UNSET]
    if orders and sorted(orders) != list(range(1, len(placements) + 1)):
        yield FieldError(path, "inconsistent", f"load_order must be each of 1 to {len(placements)} once")


def _boxes(placements: list[Placement]) -> Iterator[Box]:
    """The placements as boxes, made smaller by the tolerance: half of it on each side."""
    slack = TOLERANCE_CM / 2
    for index, placement in enumerate(placements):
        at, size = placement.position, placement.size
        if at is not UNSET and size is not UNSET:
            low = (at.x + slack, at.y + slack, at.z + slack)
            high = (at.x + size.w - slack, at.y + size.h - slack, at.z + size.d - slack)
            yield Box(low, high, index)


def _outside(boxes: list[Box], inner: tuple[float, float, float], path: str) -> Iterator[FieldError]:
    slack = TOLERANCE_CM / 2
    for box in boxes:
        if min(box.low) < -slack or any(high > end + slack for high, end in zip(box.high, inner, strict=True)):
            message = f"must lie inside the container (tolerance {TOLERANCE_CM} cm)"
            yield FieldError(f"{path}/{box.place}/position", "inconsistent", message)
