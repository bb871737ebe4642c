"""Which shipments a payload speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def shipment_ids_of(payload: dict[str, Any]) -> tuple[str, ...]:
    """`shipment_id`, `shipment_ids` and those that an alert says are affected, each once; of a checked payload."""
    return tuple(
        dict.fromkeys(found for found in candidates(payload) if isinstance(found, str) and is_searchable(found))
    )


def is_searchable(found: str) -> bool:
    """A type without shipments of its own may have anything in a field of that name; PostgreSQL refuses NUL in text."""
    return len(found) <= 64 and "\x00" not in found


def candidates(payload: dict[str, Any]) -> Iterator[object]:
    yield payload.get("shipment_id")
    yield from entries(payload.get("shipment_ids"))
    yield from (entry.get("shipment_id") for entry in entries(payload.get("affected")) if isinstance(entry, dict))


def entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []
