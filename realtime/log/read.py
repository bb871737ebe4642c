"""Reads of the log."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Min

from realtime.models import Message, Stream
from realtime.protocol.endpoints import ENDPOINTS

MAX_CHARACTERS = 1024 * 1024
"""A read ends early at this: 200 packing results of 1 MiB for each of many clients would not fit into the process."""
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
    found, characters = list[Entry](), 0
    for row in rows.values_list("offset", "envelope")[:limit].iterator(ROWS):
        found.append(Entry(*row))
        characters += len(found[-1].text)
        if characters >= MAX_CHARACTERS:
            break
    return found


def oldest(endpoint: str) -> int | None:
    """The offset of the oldest message that was not pruned; None where there is none."""
    found: int | None = Message.objects.filter(stream=endpoint).aggregate(oldest=Min("offset"))["oldest"]
    return found
