"""Messages for tests of what reads the log."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from realtime.log.append import Append, Stored, append
from realtime.publishing.publication import read_publication


def new(shipment_id: str = "SH-1", **body: Any) -> Append:
    """A route update of `tms` to freight, unless told otherwise."""
    usual = {"endpoint": "freight", "sender": "tms", "type": "route_update", "payload": {"shipment_id": shipment_id}}
    return read_publication({**usual, **body}, timezone.now())[0]


def store(*messages: Append) -> list[Stored]:
    """Without the log's thread, so that a test's own transaction sees it."""
    (outcome,) = append([messages])
    assert isinstance(outcome, list)
    return outcome


def store_many(count: int, **body: Any) -> list[Stored]:
    return store(*(new(**body) for _ in range(count)))
