"""Writes to the connection table. Every one is idempotent, so that closers may overlap."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection as database
from django.db import transaction
from django.db.models.functions import Now

from realtime.bulk_insert import Row, insert_rows
from realtime.metrics.key_numbers import KeyNumbers
from realtime.models import Connection, Node

FIELDS = Connection._meta.concrete_fields
COLUMNS = tuple(str(field.column) for field in FIELDS)
OPEN_AGAIN = """
    ON CONFLICT (id) DO UPDATE SET
        node_id = excluded.node_id,
        last_heartbeat = excluded.last_heartbeat,
        closed_at = excluded.closed_at,
        close_code = excluded.close_code
"""


class Close(NamedTuple):
    at: datetime
    code: int


class Changes(NamedTuple):
    """What happened to a node's sockets since the last write."""

    opened: dict[uuid.UUID, Connection]
    heartbeats: dict[uuid.UUID, datetime]
    closed: dict[uuid.UUID, Close]

    def __bool__(self) -> bool:
        return any(self)

    @property
    def size(self) -> int:
        return sum(len(part) for part in self)


def renew_lease(node: Node, numbers: KeyNumbers) -> None:
    """By the database's clock, which all nodes share. `numbers` are what operators see of the process.

    Also brings a node back that was pruned while this process could not reach the database.
    """
    node.lease_renewed_at = Now()
    node.numbers = numbers
    node.save()


def write_changes(changes: Changes) -> None:
    """Everything in one transaction: 500 heartbeats cost 1-2 ms together, 420 ms one by one."""
    with transaction.atomic():
        insert(changes.opened.values())
        update_open_rows(
            "last_heartbeat = %s",
            [(heartbeat_value(at), id_value(id)) for id, at in changes.heartbeats.items()],
        )
        update_open_rows(
            "closed_at = %s, close_code = %s",
            [(closed_value(close.at), close.code, id_value(id)) for id, close in changes.closed.items()],
        )


def insert(rows: Iterable[Connection]) -> None:
    """A row that is there already is one that was closed although its socket is open: it is opened again."""
    rows = list(rows)
    insert_rows(Connection._meta.db_table, COLUMNS, [values_of(row) for row in rows], OPEN_AGAIN)
    for row in rows:
        row._state.adding = False


def values_of(row: Connection) -> Row:
    return tuple(field.get_db_prep_save(getattr(row, field.attname), database) for field in FIELDS)


def update_open_rows(assignments: str, parameters: list[tuple[Any, ...]]) -> None:
    # The table's name and the assignments are constants of this module; every value is a parameter.
    sql = f"UPDATE {Connection._meta.db_table} SET {assignments} WHERE id = %s AND closed_at IS NULL"  # noqa: S608
    if parameters:
        with database.cursor() as cursor:
            cursor.executemany(sql, parameters)


def heartbeat_value(at: datetime) -> Any:
    return Connection._meta.get_field("last_heartbeat").get_db_prep_save(at, database)


def closed_value(at: datetime) -> Any:
    return Connection._meta.get_field("closed_at").get_db_prep_save(at, database)


def id_value(id: uuid.UUID) -> Any:
    return Connection._meta.get_field("id").get_db_prep_save(id, database)


def request_close(connection_ids: Iterable[uuid.UUID], code: int) -> int:
    """Ask the owning processes to close these sockets. Returns how many were open."""
    return Connection.objects.open().filter(pk__in=list(connection_ids)).update(close_requested_code=code)


def withdraw_close_requests(connection_ids: Iterable[uuid.UUID], code: int) -> None:
    """Only these requests: an operator's may have taken their place since they were read.

    Together, because after a step of the clock a sweeper asks for every socket of a node at once.
    """
    Connection.objects.filter(pk__in=list(connection_ids), close_requested_code=code).update(close_requested_code=None)


def close_node(node_id: uuid.UUID, now: datetime, code: int) -> int:
    """Close what a node has open and end its lease. Returns the number of rows closed."""
    with transaction.atomic():
        Node.objects.filter(pk=node_id, stopped_at=None).update(stopped_at=now)
        return Connection.objects.open().filter(node_id=node_id).update(closed_at=now, close_code=code)


def prune_closed(older_than: datetime, batch_size: int = 1000) -> int:
    """Delete rows closed before `older_than`, and nodes without a row that ended before it. Returns the rows deleted.

    In batches, so that no lock is held for long.
    """
    deleted = 0
    old = Connection.objects.filter(closed_at__lt=older_than)
    while batch := list(old.values_list("pk", flat=True)[:batch_size]):
        deleted += Connection.objects.filter(pk__in=batch).delete()[0]
    Node.objects.filter(connections=None, lease_renewed_at__lt=older_than).delete()
    return deleted
