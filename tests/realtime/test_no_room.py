"""SQLite finds no room: its own error, at its own limit of pages, as on a disk that is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from realtime.log import read
from realtime.log.writer import LogWriter
from realtime.protocol.errors import ProtocolError
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT_S = 15


@pytest.fixture
def writer() -> Iterator[LogWriter]:
    writer = LogWriter()
    yield writer
    writer.stop()


@contextmanager
def no_room() -> Iterator[None]:
    """For every connection that is opened meanwhile."""

    def limit(connection: BaseDatabaseWrapper, **_: object) -> None:
        with connection.cursor() as cursor:
            # Not below what there is: SQLite takes that for the limit then.
            cursor.execute("PRAGMA max_page_count = 1")

    with connections["default"].cursor() as cursor:
        # Pages that earlier tests have left free would be room.
        cursor.execute("VACUUM")
    connection_created.connect(limit)
    try:
        yield
    finally:
        connection_created.disconnect(limit)


def refusal_of(writer: LogWriter) -> ProtocolError:
    refusal = writer.submit([message() for _ in range(100)]).exception(TIMEOUT_S)
    assert isinstance(refusal, ProtocolError)
    return refusal


def test_a_message_that_finds_no_room_is_refused_as_that_and_may_be_sent_again(writer: LogWriter) -> None:
    with no_room():
        refusal = refusal_of(writer)
        assert (refusal.code, refusal.retryable) == ("storage_full", True)
        assert writer.failure == "no room to write"
        assert read.heads()["freight"].offset == 0
    assert writer.submit([message()]).result(TIMEOUT_S)[0].offset == 1
    assert writer.failure == ""
