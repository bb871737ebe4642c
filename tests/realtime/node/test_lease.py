"""A server process keeps its lease, tells its numbers with it, and finds rows that were closed behind its back."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from realtime import selectors
from realtime.metrics.counted import DISCONNECTS, REFUSED_CONNECTIONS
from realtime.models import Connection, Node
from realtime.node.process import NodeProcess
from realtime.sweeper import sweep_once
from tests.realtime.node.fakes import FakeSocket, saved

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


def sweep_later(process: NodeProcess) -> None:
    """What a sweeper does when the lease of this process has run out."""
    Node.objects.filter(pk=process.id).update(lease_renewed_at=NOW - timedelta(seconds=60))
    sweep_once(timezone.now(), timeout=60, flush_slack=15)


async def test_a_lease_is_renewed(process: NodeProcess) -> None:
    await process.database.run(lambda: Node.objects.update(lease_renewed_at=NOW - timedelta(days=1)))
    await process.lease.renew()
    assert await process.database.run(Node.objects.alive().exists)


async def test_a_renewal_tells_the_numbers_of_the_process(process: NodeProcess) -> None:
    process.start()
    DISCONNECTS.add(("freight", "4102"))
    await process.lease.renew()
    told = (await node_of(process)).numbers
    assert told["counters"]["slow"]["freight"] >= 1
    assert told["gauges"]["waiting"] == 0


async def test_a_stop_tells_the_last_numbers(process: NodeProcess) -> None:
    process.start()
    await process.lease.renew()
    REFUSED_CONNECTIONS.add(("freight", "4100"))
    before = await node_of(process)
    await process.stop()
    after = await asyncio.to_thread(Node.objects.get, pk=process.id)
    assert refused(after) == refused(before) + 1


async def node_of(process: NodeProcess) -> Node:
    return await process.database.run(lambda: Node.objects.get(pk=process.id))


def refused(node: Node) -> int:
    told: int = node.numbers["counters"]["refused_connections"].get("4100", 0)
    return told


async def test_rows_that_a_sweeper_closed_while_their_sockets_are_open_are_opened_again(
    process: NodeProcess, socket: FakeSocket, caplog: pytest.LogCaptureFixture
) -> None:
    """Its lease had run out, or, as here, the sweeper's clock is ahead."""
    await process.database.run(lambda: sweep_later(process))
    assert (await saved(process, socket.row)).close_code == 1006
    await process.lease.renew()
    await process.writer.flush()
    assert await process.database.run(Connection.objects.live().count) == 1
    assert (await saved(process, socket.row)).close_code is None
    assert "1 rows of open sockets had been closed, and are written anew" in caplog.messages


async def test_a_renewal_writes_no_row_that_is_as_it_should_be(process: NodeProcess, socket: FakeSocket) -> None:
    await process.lease.renew()
    assert process.writer.pending.size == 0


async def test_a_socket_that_comes_while_the_table_is_read_is_not_taken_for_lost(
    process: NodeProcess, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is being written at that moment."""
    read = selectors.open_row_ids

    def read_as_one_comes(node_id: uuid.UUID) -> set[uuid.UUID]:
        found = read(node_id)
        process.sockets.add(FakeSocket(Connection(node=process.node)))
        return found

    await process.database.run(lambda: sweep_later(process))
    monkeypatch.setattr("realtime.selectors.open_row_ids", read_as_one_comes)
    await process.lease.renew()
    assert process.writer.pending.opened.keys() == {socket.row.pk}
