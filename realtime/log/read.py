"""Reads of the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Min

from realtime.models import Message, Stream
from realtime.protocol.endpoints import ENDPOINTS

CHUNK_CHARACTERS = 256 * 1024
"""A chunk ends at this: each client that reads slowly holds one. With 1 MiB, ten of them took 26 MB."""
ROWS = 20


class Head(NamedTuple):
    """Where a stream stands."""

    epoch: str
    offset: int


class Entry(NamedTuple):
    """A stored message as it goes to subscribers."""

    offset: int
    text: str


def heads() -> dict[str, Head]:
    """Of every endpoint's stream; one that is not there yet is begun."""
    found = {row.endpoint: Head(row.epoch, row.head) for row in Stream.objects.all()}
    missing = [name for name in ENDPOINTS if name not in found]
    if not missing:
        return found
    Stream.objects.bulk_create([Stream(endpoint=name) for name in missing], ignore_conflicts=True)
    return heads()


def entries(endpoint: str, after: int, upto: int, limit: int) -> list[Entry]:
    """The messages with after < offset <= upto, at most `limit`, in their order; fewer where they are large."""
    rows = Message.objects.filter(stream=endpoint, offset__gt=after, offset__lte=upto).order_by("offset")
    return first_chunk(Entry(*row) for row in rows.values_list("offset", "envelope")[:limit].iterator(ROWS))


def first_chunk(entries: Iterable[Entry]) -> list[Entry]:
    """As many as CHUNK_CHARACTERS allow, and at least one, if there is one."""
    found, characters = list[Entry](), 0
    for entry in entries:
        found.append(entry)
        characters += len(entry.text)
        if characters >= CHUNK_CHARACTERS:
            break
    return found


def oldest(endpoint: str) -> int | None:
    """The offset of the oldest message that was not pruned; None where there is none."""
    found: int | None = Message.objects.filter(stream=endpoint).aggregate(oldest=Min("offset"))["oldest"]
    return found
