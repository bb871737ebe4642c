"""Reads of the log by what is in it."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from realtime.log.read import Entry
from realtime.models import Message

MAX_PAGE_CHARACTERS = 8 * 1024 * 1024
"""A page ends early above this: a thousand packing results of 1 MiB would not fit into the process."""
CHUNK = 100


class Search(NamedTuple):
    """after < offset < before, and every filter that is not empty. With `before` alone: the newest below it."""

    endpoint: str
    after: int | None = None
    before: int | None = None
    type: str = ""
    sender: str = ""
    correlation_id: str = ""
    shipment_id: str = ""
    limit: int = 100

    @property
    def backwards(self) -> bool:
        return self.before is not None and self.after is None


class Page(NamedTuple):
    """Messages in the order of their offsets. `more`: the search has others beyond this page."""

    entries: list[Entry]
    more: bool


def search(query: Search) -> Page:
    rows = matching(query).order_by("-offset" if query.backwards else "offset").values_list("offset", "envelope")
    found, characters, more = list[Entry](), 0, False
    for row in rows[: query.limit + 1].iterator(CHUNK):
        if len(found) == query.limit or characters > MAX_PAGE_CHARACTERS:
            more = True
            break
        found.append(Entry(*row))
        characters += len(found[-1].text)
    return Page(found[::-1] if query.backwards else found, more)


def matching(query: Search) -> QuerySet[Message]:
    wanted = {
        "stream": query.endpoint,
        "offset__gt": query.after,
        "offset__lt": query.before,
        "type": query.type or None,
        "sender": query.sender or None,
        "correlation_id": query.correlation_id or None,
        "shipments__shipment_id": query.shipment_id or None,
    }
    return Message.objects.filter(**{lookup: value for lookup, value in wanted.items() if value is not None})


def find(endpoint: str, offset: int) -> Entry | None:
    """One message; None where there is none at this offset, not yet or not any more."""
    row = Message.objects.filter(stream=endpoint, offset=offset).values_list("offset", "envelope").first()
    return Entry(*row) if row else None
