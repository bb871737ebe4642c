"""One thread for a node's database work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection

from realtime.models import Node
from realtime.node.database_thread import DatabaseThread


@pytest.fixture
def database() -> Iterator[DatabaseThread]:
    thread = DatabaseThread()
    yield thread
    thread.stop()


async def test_work_has_a_result(database: DatabaseThread) -> None:
    assert await database.run(lambda: 42) == 42


async def test_work_runs_in_one_thread_of_its_own(database: DatabaseThread) -> None:
    first, second = await database.run(threading.get_ident), await database.run(threading.get_ident)
    assert first == second != threading.get_ident()


async def test_work_runs_in_the_order_it_came(database: DatabaseThread) -> None:
    done: list[int] = []
    await asyncio.gather(*(database.run(lambda number=number: done.append(number)) for number in range(20)))
    assert done == list(range(20))


async def test_a_failure_reaches_the_caller(database: DatabaseThread) -> None:
    def fail() -> None:
        raise OperationalError("no table")

    with pytest.raises(OperationalError, match="no table"):
        await database.run(fail)


async def test_work_goes_on_after_a_failure(database: DatabaseThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.run(lambda: 1 / 0)
    assert await database.run(lambda: 42) == 42


@pytest.mark.django_db(transaction=True)
async def test_no_connection_is_left_open(database: DatabaseThread) -> None:
    def is_open() -> bool:
        return connection.connection is not None

    await database.run(Node.objects.count)
    before = await database.run(is_open)
    assert before is False


@pytest.mark.django_db(transaction=True)
async def test_work_after_a_broken_connection_gets_a_new_one(database: DatabaseThread) -> None:
    def break_connection() -> None:
        connection.ensure_connection()
        connection.connection.close()
        connection.errors_occurred = True

    await database.run(break_connection)
    assert await database.run(Node.objects.count) == 0


async def test_the_loop_runs_while_the_thread_works(database: DatabaseThread) -> None:
    go_on = threading.Event()
    work = asyncio.ensure_future(database.run(lambda: go_on.wait(10)))
    await asyncio.sleep(0.01)
    go_on.set()
    assert await work


async def test_after_the_stop_work_is_cancelled(database: DatabaseThread) -> None:
    database.stop()
    with pytest.raises(asyncio.CancelledError):
        await database.run(lambda: 42)


async def test_a_stop_waits_for_the_work_that_runs(database: DatabaseThread) -> None:
    done: list[bool] = []
    started = threading.Event()
    work = asyncio.ensure_future(database.run(lambda: (started.set(), done.append(True))))
    await asyncio.to_thread(started.wait, 10)
    database.stop()
    assert done == [True]
    await work
