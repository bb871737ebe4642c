"""Reads of the connection table."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Count

from realtime.models import Connection, ConnectionQuerySet
from realtime.protocol.endpoints import ENDPOINTS


def live_connections(now: datetime | None = None, *, endpoint: str = "", client_id: str = "") -> ConnectionQuerySet:
    """The live connections, newest first, of one endpoint or client where these are given."""
    rows = Connection.objects.live(now)
    if endpoint:
        rows = rows.filter(endpoint=endpoint)
    if client_id:
        rows = rows.filter(client_id=client_id)
    return rows


def live_by_endpoint(now: datetime | None = None) -> dict[str, int]:
    """The number of live connections of every endpoint, those without any included."""
    counted = dict(Connection.objects.live(now).order_by().values_list("endpoint").annotate(Count("pk")))
    return {name: counted.get(name, 0) for name in ENDPOINTS}


def open_rows(node_id: uuid.UUID) -> int:
    """How many rows of a node nobody has closed."""
    return Connection.objects.open().filter(node_id=node_id).count()


def open_row_ids(node_id: uuid.UUID) -> set[uuid.UUID]:
    return set(Connection.objects.open().filter(node_id=node_id).values_list("pk", flat=True))


def close_requests(node_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """The close codes that somebody asked for, by connection."""
    rows = Connection.objects.open().filter(node_id=node_id, close_requested_code__isnull=False)
    return {row.pk: row.close_requested_code for row in rows.only("close_requested_code") if row.close_requested_code}
