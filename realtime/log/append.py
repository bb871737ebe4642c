"""Append messages to their streams, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from realtime import models
from realtime.bulk_insert import Row
from realtime.conf import kitt_settings
from realtime.log import statements
from realtime.protocol import frames
from realtime.protocol.envelope import Message
from realtime.protocol.errors import ProtocolError
from realtime.protocol.sizes import require_size, utf8_size


class Append(NamedTuple):
    """A message on its way into the log."""

    endpoint: str
    message: Message
    sender: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes a resend the same message, within one stream."""
        return self.sender, self.message.id


class Stored(NamedTuple):
    """A message in the log. `repeated` when it was there before: then only its sender is told."""

    endpoint: str
    offset: int
    text: str
    repeated: bool = False


# A batch that is stored whole or not at all, and what became of it.
Unit = Sequence[Append]
Outcome = list[Stored] | ProtocolError


def append(units: Sequence[Unit]) -> list[Outcome]:
    """Store each unit or refuse it, with the offsets in the order of the units. Raises Django's database errors.

    The row of a stream is locked until the commit, so that the order of commits is the order of offsets, with any
    number of processes: on PostgreSQL by FOR UPDATE, on SQLite by the transaction itself, which begins IMMEDIATE.
    """
    with transaction.atomic():
        appender = Appender(units)
        outcomes = [appender.take(unit) for unit in units]
        appender.write()
    return outcomes


class Appender:
    """One transaction's work: the streams it has locked, what they know already, and the rows to insert."""

    def __init__(self, units: Sequence[Unit]) -> None:
        appends = [each for unit in units for each in unit]
        # In the order of the names: two processes that lock the same streams must not wait for each other.
        self.heads = {name: lock_stream(name) for name in sorted({each.endpoint for each in appends})}
        # With the locks held, so that of two processes the one that waited has the later time and the later offset.
        self.now = timezone.now()
        self.stored_at = database_time(self.now)
        self.known = {name: known_messages(name, ofs) for name, ofs in by_endpoint(appends)}
        self.rows: list[Row] = []
        self.shipments: list[tuple[str, ...]] = []

    def take(self, unit: Unit) -> Outcome:
        """Give offsets to a unit, or refuse it and leave no trace of it."""
        rows, heads = len(self.rows), self.heads.copy()
        added: list[Append] = []
        stored: list[Stored] = []
        try:
            for each in unit:
                stored.append(self.take_one(each, added))
        except ProtocolError as refusal:
            culprit = unit[len(stored)].message
            refusal.correlation_id, refusal.rejected_type = culprit.correlation_id, culprit.type
            del self.rows[rows:], self.shipments[rows:]
            self.heads = heads
            for each in added:
                del self.known[each.endpoint][each.key]
            return refusal
        return stored

    def take_one(self, each: Append, added: list[Append]) -> Stored:
        known = self.known[each.endpoint]
        if each.key in known:
            return repeat(each, *known[each.key])
        offset = self.heads[each.endpoint] + 1
        text = frames.stored_message(each.message, offset=offset, sender=each.sender)
        require_size(utf8_size(text), kitt_settings().outbound_limits.of(each.message.type))
        self.heads[each.endpoint] = offset
        known[each.key] = offset, text
        added.append(each)
        self.rows.append(new_row(each, offset, text, self.stored_at))
        self.shipments.append(each.message.shipment_ids)
        return Stored(each.endpoint, offset, text)

    def write(self) -> None:
        if not self.rows:
            return
        keys = statements.insert_messages(self.rows)
        statements.insert_shipments(
            [
                (keys[endpoint, offset], shipment_id)
                for (endpoint, offset, *_), shipment_ids in zip(self.rows, self.shipments, strict=True)
                for shipment_id in shipment_ids
            ]
        )
        for endpoint in {endpoint for endpoint, _ in keys}:
            statements.write_head(endpoint, self.heads[endpoint])


def by_endpoint(appends: Iterable[Append]) -> Iterable[tuple[str, list[Append]]]:
    ordered = sorted(appends, key=lambda each: each.endpoint)
    return ((name, list(group)) for name, group in groupby(ordered, key=lambda each: each.endpoint))


def lock_stream(endpoint: str) -> int:
    head = statements.lock_head(endpoint)
    if head is None:
        models.Stream.objects.get_or_create(endpoint=endpoint)
        return lock_stream(endpoint)
    return head


def known_messages(endpoint: str, appends: list[Append]) -> dict[tuple[str, str], tuple[int, str]]:
    """The offset and the frame of those that are stored already. An id that the server gave is new by itself."""
    ids = {each.message.id for each in appends if each.message.id_is_senders}
    if not ids:
        return {}
    rows = models.Message.objects.filter(stream=endpoint, message_id__in=ids, sender__in={a.sender for a in appends})
    return {
        (sender, message_id): (offset, text)
        for sender, message_id, offset, text in rows.values_list("sender", "message_id", "offset", "envelope")
    }


def repeat(each: Append, offset: int, text: str) -> Stored:
    """The stored copy, if the body is the same; when and under which correlation_id it was sent does not matter."""
    stored = msgspec.json.decode(text, type=Body)
    if stored.type != each.message.type or ordered(stored.payload) != ordered(each.message.payload):
        raise ProtocolError("conflict", f"The id {each.message.id!r} was used for another message, at offset {offset}.")
    return Stored(each.endpoint, offset, text, repeated=True)


def ordered(payload: msgspec.Raw) -> bytes:
    """The payload by value: who writes its JSON anew may order the names, and write 1 or 1.0, as it likes."""
    return msgspec.json.encode(BY_VALUE.decode(payload), order="deterministic")


def number(text: str) -> float:
    """1.0 and 1e0 are 1. From 2**53 on a float is not exact."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


BY_VALUE = msgspec.json.Decoder(float_hook=number)


class Body(msgspec.Struct):
    """The part of a frame that a resend must not change."""

    type: str
    payload: msgspec.Raw


def new_row(each: Append, offset: int, text: str, stored_at: object) -> Row:
    """As MESSAGE_COLUMNS has it."""
    message = each.message
    return (
        each.endpoint,
        offset,
        message.id,
        message.type,
        each.sender,
        message.correlation_id,
        database_time(message.sent_at),
        stored_at,
        text,
    )


def database_time(time: datetime) -> object:
    """As Django's own fields write it to this database."""
    return connection.ops.adapt_datetimefield_value(time)
