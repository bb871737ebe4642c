"""A server process keeps its lease, obeys the table, and leaves it true when it stops."""

from __future__ import annotations

import asyncio
import math
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from realtime import connections
from realtime.auth.identity import ANYBODY
from realtime.auth.revocations import revoke
from realtime.connections import Changes, Close
from realtime.metrics.folder import Folder
from realtime.metrics.sharing import sharing
from realtime.models import Connection, Node
from realtime.node.process import NodeProcess
from tests.conftest import Clock, MakeConnection, MakeNode
from tests.realtime.node.fakes import FakeSocket, saved
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


async def ask_to_close(process: NodeProcess, row: Connection, code: int) -> None:
    await process.database.run(lambda: connections.request_close([row.pk], code))


async def obey(process: NodeProcess) -> None:
    await process.obey_close_requests()
    await asyncio.gather(*process.sockets.tasks)


# Start and stop


async def test_a_start_registers_the_node_with_a_lease(process: NodeProcess) -> None:
    await process.database.run(process.node.delete)
    process.start()
    await until(Node.objects.alive().exists)
    await process.stop()


async def test_a_started_process_closes_silent_sockets_by_itself(
    process: NodeProcess, socket: FakeSocket, clock: Clock
) -> None:
    clock.now += 60
    process.start()
    await until(lambda: bool(socket.closed_with))
    assert socket.closed_with[0] == 4201
    await process.stop()


async def test_a_started_process_closes_sockets_whose_token_ran_out_by_itself(
    process: NodeProcess, socket: FakeSocket, clock: Clock
) -> None:
    socket.expires = clock.now
    process.start()
    await until(lambda: bool(socket.closed_with))
    assert socket.closed_with[0] == 4203
    await process.stop()


async def test_a_started_process_obeys_a_revocation_by_itself(process: NodeProcess, socket: FakeSocket) -> None:
    socket.identity = msgspec.structs.replace(ANYBODY, client_id="tablet-7")
    process.start()
    await process.database.run(lambda: revoke("client_id", "tablet-7"))
    await until(lambda: bool(socket.closed_with))
    assert socket.closed_with[0] == 4008
    await process.stop()


async def test_a_process_that_just_started_knows_who_is_revoked(process: NodeProcess) -> None:
    await process.database.run(lambda: revoke("client_id", "tablet-7"))
    assert await process.is_revoked(ANYBODY.named("tablet-7"))
    assert not await process.is_revoked(ANYBODY.named("tablet-8"))


async def test_a_started_process_obeys_the_table_by_itself(process: NodeProcess, socket: FakeSocket) -> None:
    await ask_to_close(process, socket.row, 4008)
    process.start()
    await until(lambda: bool(socket.closed_with))
    assert socket.closed_with[0] == 4008
    await process.stop()


async def test_a_stop_closes_the_rows_and_ends_the_lease(process: NodeProcess, socket: FakeSocket) -> None:
    await process.stop()
    row = await asyncio.to_thread(Connection.objects.select_related("node").get)
    assert row.close_code == 4200
    assert row.node.stopped_at == row.closed_at is not None


async def test_a_stop_tells_every_client(process: NodeProcess, socket: FakeSocket) -> None:
    await process.stop()
    assert socket.closed_with == [4200]
    assert process.stopping


async def test_a_stop_writes_what_waits(process: NodeProcess, socket: FakeSocket) -> None:
    process.writer.closed(socket.row.pk, Close(NOW, 1000))
    await process.stop()
    row = await asyncio.to_thread(Connection.objects.get)
    assert (row.closed_at, row.close_code) == (NOW, 1000)


async def test_a_stop_ends_every_task(process: NodeProcess) -> None:
    process.start()
    await asyncio.sleep(0)
    await process.stop()
    assert all(task.done() for task in process.tasks)


async def test_a_stop_leaves_the_rows_of_others(
    process: NodeProcess, make_connection: MakeConnection, node: Node
) -> None:
    await process.database.run(make_connection)
    await process.stop()
    assert await asyncio.to_thread(Connection.objects.live().count) == 1


def test_an_exit_without_a_stop_closes_the_rows(process: NodeProcess, socket: FakeSocket) -> None:
    """As under daphne: the loop is gone when the interpreter exits."""

    async def serve() -> None:
        process.start()

    asyncio.run(serve())
    process.database.stop()  # the interpreter waits for executors before it calls what atexit holds
    process.stop_at_exit()
    assert Connection.objects.get().close_code == 4200
    assert Node.objects.get(pk=process.id).stopped_at is not None


def test_an_exit_while_the_loop_runs_tells_every_client(process: NodeProcess, socket: FakeSocket) -> None:
    """As under the autoreloader: the loop runs in another thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    loop.call_soon_threadsafe(process.start)
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)
    process.stop_at_exit()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert socket.closed_with == [4200]
    assert Connection.objects.get().close_code == 4200


def test_an_exit_without_a_database_says_so(
    process: NodeProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise OperationalError("the database is away")

    async def serve() -> None:
        process.start()

    asyncio.run(serve())
    monkeypatch.setattr("realtime.connections.close_node", fail)
    process.stop_at_exit()
    assert "rows stay open until the lease runs out: the database is away" in caplog.messages


async def test_a_stop_ends_the_lease_and_the_threads_where_the_numbers_cannot_be_written(
    process: NodeProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sharing, "folder", Folder(tmp_path / "is not there"))
    process.start()
    await until(Node.objects.alive().exists)
    await process.stop()
    assert not await asyncio.to_thread(Node.objects.alive().exists)
    with pytest.raises(asyncio.CancelledError):
        await process.database.run(Node.objects.count)


@pytest.mark.parametrize(
    ("at_most", "drain_time", "over"), [(math.inf, 5.0, 3.0), (2.0, 5.0, 2.0), (math.inf, 1.5, 1.5)]
)
async def test_a_drain_takes_as_long_as_others_need_to_take_its_clients_in_and_no_longer_than_it_may(
    process: NodeProcess,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    at_most: float,
    drain_time: float,
    over: float,
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, drain_time=drain_time)
    monkeypatch.setattr("realtime.node.process.RETURNS_PER_S", 1)
    # Each at the first of the moments that it may have.
    monkeypatch.setattr("realtime.node.sockets.random.uniform", lambda first, last: first)
    sockets = [FakeSocket() for _ in range(3)]
    for socket in sockets:
        process.sockets.add(socket)
    await process.drain(at_most)
    assert [(socket.closed_with, socket.over) for socket in sockets] == [([4200], over)] * 3


class Deaf(FakeSocket):
    """Its server waits in vain for its client to read."""

    async def close_with(self, code: int, over: float = 1.0) -> None:
        await asyncio.Event().wait()


async def test_a_drain_abandons_who_does_not_read_when_the_others_were_told(
    process: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.node.process.GOODBYE_TIMEOUT_S", 0.05)
    deaf, other = Deaf(), FakeSocket()
    for each in (deaf, other):
        process.sockets.add(each)
    await process.drain(at_most=0)
    assert (other.closed_with, deaf.abandoned) == ([4200], True)


# Requests to close


@pytest.mark.parametrize("code", [4008, 4001])
async def test_a_request_in_the_table_closes_the_socket(process: NodeProcess, socket: FakeSocket, code: int) -> None:
    await ask_to_close(process, socket.row, code)
    await obey(process)
    assert socket.closed_with == [code]


async def test_without_a_request_no_socket_is_closed(process: NodeProcess, socket: FakeSocket) -> None:
    await obey(process)
    assert socket.closed_with == []


async def test_a_sweepers_request_for_a_socket_that_is_not_silent_is_withdrawn(
    process: NodeProcess, socket: FakeSocket
) -> None:
    await ask_to_close(process, socket.row, 4201)
    await obey(process)
    assert socket.closed_with == []
    assert (await saved(process, socket.row)).close_requested_code is None


async def test_a_sweepers_request_for_a_silent_socket_is_obeyed(
    process: NodeProcess, socket: FakeSocket, clock: Clock
) -> None:
    clock.now += 60
    await ask_to_close(process, socket.row, 4201)
    await obey(process)
    assert socket.closed_with == [4201]


async def test_requests_to_other_nodes_are_left_to_them(
    process: NodeProcess, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    others = await process.database.run(lambda: make_connection(node=make_node(), close_requested_code=4008))
    await obey(process)
    assert (await saved(process, others)).close_requested_code == 4008


async def test_an_operators_request_outlives_the_withdrawal_of_a_sweepers(
    process: NodeProcess, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator asks just when the owner has found that the sweeper was wrong."""
    await ask_to_close(process, socket.row, 4201)
    withdraw = connections.withdraw_close_requests

    def withdraw_late(connection_ids: list[uuid.UUID], code: int) -> None:
        connections.request_close(connection_ids, 4008)
        withdraw(connection_ids, code)

    monkeypatch.setattr("realtime.connections.withdraw_close_requests", withdraw_late)
    await obey(process)
    await obey(process)
    assert socket.closed_with == [4008]


async def test_a_row_whose_socket_is_gone_is_closed_when_a_sweeper_asks(
    process: NodeProcess, socket: FakeSocket
) -> None:
    """However its close got lost: a row that no socket stands behind must not be counted for ever."""
    process.sockets.remove(socket.row.pk)
    await ask_to_close(process, socket.row, 4201)
    await obey(process)
    await process.writer.flush()
    assert (await saved(process, socket.row)).closed_at is not None


# Sweeping


async def test_a_process_sweeps_after_others(
    process: NodeProcess, make_node: MakeNode, make_connection: MakeConnection, caplog: pytest.LogCaptureFixture
) -> None:
    lost = await process.database.run(lambda: make_connection(node=make_node(lease_age=60)))
    with caplog.at_level("INFO", "realtime"):
        await process.sweep()
    assert (await saved(process, lost)).close_code == 1006
    assert "swept reaped=1 asked=0" in caplog.messages


async def test_a_process_does_not_reap_itself(process: NodeProcess, socket: FakeSocket) -> None:
    await process.database.run(lambda: Node.objects.update(lease_renewed_at=NOW - timedelta(days=1)))
    await process.sweep()
    assert (await saved(process, socket.row)).closed_at is None


async def test_a_sweep_that_finds_nothing_says_nothing(
    process: NodeProcess, socket: FakeSocket, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "realtime"):
        await process.sweep()
    assert not caplog.messages


async def test_a_heartbeat_reaches_the_table(process: NodeProcess, socket: FakeSocket) -> None:
    later = NOW + timedelta(minutes=5)
    process.writer.heartbeat(socket.row.pk, later)
    await process.writer.flush()
    assert (await saved(process, socket.row)).last_heartbeat == later
    assert process.writer.pending == Changes({}, {}, {})
