"""Which boxes share space. Loads are stacked in walls, layers and columns, so most pairs never have to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from operator import lt
from typing import NamedTuple

# About 30 ms; 1,200 boxes in walls, layers or columns take a few. A hostile one must not block the event loop.
MAX_COMPARISONS = 100_000


class Box(NamedTuple):
    """A box by two opposite corners (x, y, z), and its place in the sender's list."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    place: int


def overlapping(boxes: list[Box]) -> Iterator[tuple[int, int]]:
    """Yield the places of boxes that share space, each pair once, the smaller place first."""
    for one, other in islice(candidates(boxes), MAX_COMPARISONS):
        if all(map(lt, one.low, other.high)) and all(map(lt, other.low, one.high)):
            yield min(one.place, other.place), max(one.place, other.place)


def candidates(boxes: list[Box]) -> Iterator[tuple[Box, Box]]:
    """The pairs that have to be compared."""
    groups = [boxes]
    for axis in (2, 1, 0, 2, 1, 0):
        groups = [part for group in groups for part in _cut(group, axis)]
    return chain.from_iterable(_neighbours(group) for group in groups)


def _cut(boxes: list[Box], axis: int) -> list[list[Box]]:
    """Part the boxes wherever a plane across the axis goes through none of them."""
    parts: list[list[Box]] = []
    reach = float("-inf")
    for box in sorted(boxes, key=lambda box: box.low[axis]):
        if box.low[axis] >= reach:
            parts.append([])
        parts[-1].append(box)
        reach = max(reach, box.high[axis])
    return parts


def _neighbours(boxes: list[Box]) -> Iterator[tuple[Box, Box]]:
    """The pairs that overlap along one axis: the one along which the boxes are short for the space they fill."""
    if len(boxes) < 2:
        return
    axis = min(range(3), key=lambda axis: _crowding(boxes, axis))
    ordered = sorted(boxes, key=lambda box: box.low[axis])
    for following, box in enumerate(ordered, start=1):
        end = box.high[axis]
        for other in islice(ordered, following, None):
            if other.low[axis] >= end:
                break
            yield box, other


def _crowding(boxes: list[Box], axis: int) -> float:
    """How many boxes a plane across the axis meets on average."""
    extent = max(box.high[axis] for box in boxes) - min(box.low[axis] for box in boxes)
    return sum(box.high[axis] - box.low[axis] for box in boxes) / extent if extent > 0 else len(boxes)
