"""Changes are written in batches, and kept while the database fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from realtime.conf import KittSettings
from realtime.connections import Changes, Close, write_changes
from realtime.models import Connection, Node
from realtime.node.database_thread import DatabaseThread
from realtime.node.table_writer import TableWriter
from tests.conftest import MakeConnection
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
LATER = NOW + timedelta(seconds=5)
Fail = Callable[..., None]


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[TableWriter]:
    monkeypatch.setattr("realtime.node.table_writer.RETRY_DELAY_S", 0.01)
    database = DatabaseThread()
    yield TableWriter(database)
    database.stop()


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """fail(n): the next n writes fail, and those after them work."""

    def arrange(times: int, error: type[Exception] = OperationalError) -> None:
        left = iter(range(times))

        def write(changes: Changes) -> None:
            if next(left, None) is not None:
                raise error("the database is away")
            write_changes(changes)

        monkeypatch.setattr("realtime.node.table_writer.write_changes", write)

    return arrange


@asynccontextmanager
async def running(writer: TableWriter) -> AsyncIterator[None]:
    task = asyncio.ensure_future(writer.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def open_unwritten(writer: TableWriter, row: Connection) -> None:
    """As when the database did not answer in time."""
    await writer.opened(row, patience=0)


async def saved(writer: TableWriter) -> Connection:
    """The only row of the table."""
    return await writer.database.run(Connection.objects.get)


async def live(writer: TableWriter) -> int:
    return await writer.database.run(Connection.objects.live().count)


async def test_a_socket_is_in_the_table_when_opened_returns(
    writer: TableWriter, new_connection: MakeConnection
) -> None:
    async with running(writer):
        await writer.opened(new_connection(), patience=10)
        assert await live(writer) == 1


async def test_many_sockets_may_open_at_once(writer: TableWriter, new_connection: MakeConnection) -> None:
    async with running(writer):
        await asyncio.gather(*(writer.opened(new_connection(), patience=10) for _ in range(50)))
        assert await live(writer) == 50


async def test_a_close_is_written_at_once(writer: TableWriter, make_connection: MakeConnection) -> None:
    row = await writer.database.run(make_connection)
    async with running(writer):
        writer.closed(row.pk, Close(NOW, 4201))
        await until(Connection.objects.exclude(closed_at=None).exists)
    assert (await saved(writer)).close_code == 4201


async def test_heartbeats_are_written_after_the_flush_interval(
    writer: TableWriter, settings: Settings, make_connection: MakeConnection
) -> None:
    settings.KITT = KittSettings(flush_interval=0.01)
    row = await writer.database.run(make_connection)
    async with running(writer):
        writer.heartbeat(row.pk, LATER)
        await until(Connection.objects.filter(last_heartbeat=LATER).exists)


async def test_heartbeats_alone_do_not_wake_the_writer(writer: TableWriter, make_connection: MakeConnection) -> None:
    row = await writer.database.run(make_connection)
    writer.heartbeat(row.pk, LATER)
    assert not writer.wake.is_set()


async def test_the_newest_heartbeat_counts(writer: TableWriter, make_connection: MakeConnection) -> None:
    row = await writer.database.run(make_connection)
    writer.heartbeat(row.pk, NOW)
    writer.heartbeat(row.pk, LATER)
    await writer.flush()
    assert (await saved(writer)).last_heartbeat == LATER


async def test_nothing_to_write_is_a_success(writer: TableWriter) -> None:
    assert await writer.flush() is True


async def test_opened_returns_after_its_patience_while_the_database_fails(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection, caplog: pytest.LogCaptureFixture
) -> None:
    fail(10_000)
    row = new_connection()
    async with running(writer), asyncio.timeout(10):
        await writer.opened(row, patience=0.05)
    assert f"connection={row.pk} is not in the table after 0.05 s" in caplog.messages


async def test_a_socket_that_was_not_waited_for_is_written_when_the_database_is_back(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(3)
    async with running(writer):
        await open_unwritten(writer, new_connection())
        await until(Connection.objects.live().exists)


async def test_opened_waits_through_a_failure_that_is_over_soon(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(1)
    async with running(writer):
        await writer.opened(new_connection(), patience=10)
        assert await live(writer) == 1


async def test_changes_are_kept_while_the_database_fails(
    writer: TableWriter, fail: Fail, make_connection: MakeConnection
) -> None:
    fail(1)
    row = await writer.database.run(make_connection)
    writer.heartbeat(row.pk, LATER)
    assert await writer.flush() is False
    assert await writer.flush() is True
    assert (await saved(writer)).last_heartbeat == LATER


async def test_a_failure_is_logged_with_what_waits(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection, caplog: pytest.LogCaptureFixture
) -> None:
    fail(1)
    await open_unwritten(writer, new_connection())
    await writer.flush()
    assert "connection table not written, 1 changes wait: the database is away" in caplog.messages


async def test_the_writer_is_failing_until_a_write_works(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(1)
    await open_unwritten(writer, new_connection())
    await writer.flush()
    assert writer.failure
    await writer.flush()
    assert not writer.failure


async def test_the_writer_is_not_failing_once_nothing_waits(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    """Otherwise a node without clients would be unhealthy until the next one comes."""
    fail(1)
    row = new_connection()
    await open_unwritten(writer, row)
    writer.closed(row.pk, Close(NOW, 1000))
    await writer.flush()
    await writer.flush()
    assert not writer.failure


async def test_what_was_kept_does_not_overwrite_what_came_since(
    writer: TableWriter, fail: Fail, make_connection: MakeConnection
) -> None:
    fail(1)
    row = await writer.database.run(make_connection)
    writer.heartbeat(row.pk, NOW)
    failing = asyncio.ensure_future(writer.flush())
    await asyncio.sleep(0)
    writer.heartbeat(row.pk, LATER)
    await failing
    await writer.flush()
    assert (await saved(writer)).last_heartbeat == LATER


async def test_a_socket_that_came_and_went_while_the_database_failed_leaves_nothing(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(1)
    row = new_connection()
    await open_unwritten(writer, row)
    writer.heartbeat(row.pk, LATER)
    writer.closed(row.pk, Close(NOW, 1000))
    await writer.flush()
    assert writer.pending.size == 0


async def test_a_socket_that_left_during_a_failing_write_leaves_nothing(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(1)
    row = new_connection()
    await open_unwritten(writer, row)
    writer.heartbeat(row.pk, LATER)
    failing = asyncio.ensure_future(writer.flush())
    await asyncio.sleep(0)
    writer.closed(row.pk, Close(NOW, 1000))
    await failing
    assert writer.pending.size == 0


async def test_a_socket_that_closed_while_the_database_failed_is_closed_later(
    writer: TableWriter, fail: Fail, make_connection: MakeConnection
) -> None:
    fail(1)
    row = await writer.database.run(make_connection)
    writer.closed(row.pk, Close(NOW, 1000))
    await writer.flush()
    await writer.flush()
    assert (await saved(writer)).close_code == 1000


async def test_a_restated_socket_that_closes_while_the_database_fails_is_closed_later(
    writer: TableWriter, fail: Fail, make_connection: MakeConnection
) -> None:
    fail(1)
    row = await writer.database.run(make_connection)
    writer.restate([row])
    writer.closed(row.pk, Close(NOW, 1000))
    await writer.flush()
    await writer.flush()
    assert await live(writer) == 0


async def test_a_restated_socket_is_opened_again(writer: TableWriter, make_connection: MakeConnection) -> None:
    row = await writer.database.run(make_connection)
    await writer.database.run(lambda: write_changes(Changes({}, {}, {row.pk: Close(NOW, 1006)})))
    writer.restate([row])
    await writer.flush()
    assert await live(writer) == 1


async def test_a_write_that_is_cancelled_is_kept(
    writer: TableWriter, new_connection: MakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()
    monkeypatch.setattr("realtime.node.table_writer.write_changes", lambda changes: answer.wait(10))
    row = new_connection()
    await open_unwritten(writer, row)
    flush = asyncio.ensure_future(writer.flush())
    await asyncio.sleep(0)
    flush.cancel()
    await asyncio.gather(flush, return_exceptions=True)
    answer.set()
    assert writer.pending.opened == {row.pk: row}


async def test_the_writer_outlives_a_failure_that_nobody_thought_of(
    writer: TableWriter, fail: Fail, new_connection: MakeConnection
) -> None:
    fail(1, ValueError)
    async with running(writer):
        await writer.opened(new_connection(), patience=0.3)
        assert await live(writer) == 1


async def test_sockets_wait_for_the_row_of_their_node(writer: TableWriter, new_connection: MakeConnection) -> None:
    """A constraint refuses the row until the lease is written."""
    unsaved = Node(host="h", pid=1, started_at=NOW, lease_renewed_at=timezone.now())
    async with running(writer):
        await open_unwritten(writer, new_connection(node=unsaved))
        await writer.database.run(unsaved.save)
        await until(Connection.objects.live().exists)
