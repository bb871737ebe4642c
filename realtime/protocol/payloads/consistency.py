"""Rules between fields that several payloads share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from msgspec import UNSET, UnsetType

from realtime.protocol.errors import FieldError

T = TypeVar("T")
Ordered = TypeVar("Ordered", datetime, float)


def entries(values: list[T] | UnsetType) -> list[T]:
    """An optional array as an array: empty where it was not given."""
    return [] if values is UNSET else values


def in_order(path: str, **values: Ordered | UnsetType | None) -> Iterator[FieldError]:
    """Name each value that lies below the one before it; values that are absent or null are passed over."""
    given = [(name, value) for name, value in values.items() if value is not UNSET and value is not None]
    for (first, low), (second, high) in pairwise(given):
        if high < low:
            relation = "earlier than" if isinstance(high, datetime) else "less than"
            yield FieldError(f"{path}/{second}", "inconsistent", f"must not be {relation} {first}")


def unique(path: str, name: str, values: Iterable[Hashable]) -> Iterator[FieldError]:
    """Name each entry of the array at `path` whose field `name` repeats an earlier entry's."""
    first_seen: dict[Hashable, int] = {}
    for index, value in enumerate(values):
        if value is not UNSET and first_seen.setdefault(value, index) != index:
            message = f"is already used by entry {first_seen[value]}"
            yield FieldError(f"{path}/{index}/{name}", "inconsistent", message)
