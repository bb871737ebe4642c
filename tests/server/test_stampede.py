"""A thousand clients that come back at once: each gets all that it missed, and the table is right soon after."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from tests.clients import ROUTE_UPDATE
from tests.memory import resident_bytes
from tests.raw_socket import RawSocket, open_socket
from tests.server.test_rest import call
from tests.servers import Server, free_port
from tests.waiting import until

# Daphne is for development; it takes its time over a handshake.
SIZES = {"runserver": 200, "serve": 1000}
MISSED = 50
SETTINGS = {
    "KITT_RATE_LIMIT": "0",
    "KITT_LEASE_INTERVAL": "1",
    "KITT_LEASE_TIMEOUT": "5",
    "KITT_MAX_REPLAY": "10000",
}
ROOM_BYTES = 64 * 1024 * 1024


class Restartable:
    """A server on one port and one database. Its clients all come from one address."""

    def __init__(self, kind: str, folder: Path, database: Path) -> None:
        self.kind, self.folder, self.database, self.port = kind, folder, database, free_port()
        self.start()

    def start(self) -> None:
        self.server = Server(self.kind, self.folder, self.database, SETTINGS, self.port)
        self.server.wait_until_it_answers()


@contextmanager
def restartable(kind: str, folder: Path, template: Path) -> Iterator[Restartable]:
    database = Path(shutil.copy(template, folder / "kitt.sqlite3"))
    started = Restartable(kind, folder, database)
    try:
        yield started
    finally:
        started.server.stop()


def publish(server: Server, count: int) -> int:
    """Returns the offset of the last."""
    answer = call(server, {"endpoint": "freight", "sender": "tms", "messages": [ROUTE_UPDATE] * count})
    offset: int = answer.body["messages"][-1]["offset"]
    return offset


async def come(stack: AsyncExitStack, server: Server, count: int, query: str = "") -> list[RawSocket]:
    """So many clients at once."""
    each = (open_socket(server, client_id=f"client-{number}", query=query) for number in range(count))
    return await asyncio.gather(*(stack.enter_async_context(one) for one in each))


async def come_and_read(stack: AsyncExitStack, server: Server, count: int) -> tuple[list[RawSocket], int]:
    """So many clients, and the offset of a message that each of them has."""
    clients = await come(stack, server, count)
    offset = publish(server, 1)
    await asyncio.gather(*(client.reach(offset) for client in clients))
    return clients, offset


async def come_back(stack: AsyncExitStack, server: Server, epoch: str, since: int, count: int) -> None:
    """All at once, while messages flow; each gets what it missed, and then what flows, in order, once."""
    coming = asyncio.create_task(come(stack, server, count, f"&since={since}&epoch={epoch}"))
    head = await flow_until(coming, server)
    clients = await coming
    for client in clients:
        assert client.welcome["payload"]["recovered"] is True
        assert client.start == since
    await asyncio.gather(*(client.has_all_upto(head) for client in clients))
    await until(lambda: connected(server) == count)
    assert server.get("/health")["status"] == "healthy"
    assert "Traceback" not in server.log.read_text()


async def flow_until(done: asyncio.Task[list[RawSocket]], server: Server) -> int:
    """A message every now and then. Returns the offset of the last."""
    while True:
        head = await asyncio.to_thread(publish, server, 1)
        if (await asyncio.wait([done], timeout=0.1))[0]:
            return head


def connected(server: Server) -> int:
    found: int = server.get("/stats")["connections_by_endpoint"]["freight"]
    return found


@pytest.mark.parametrize(("kind", "count"), SIZES.items(), ids=SIZES.keys())
async def test_after_kill_9_of_the_server(tmp_path: Path, migrated_database: Path, kind: str, count: int) -> None:
    with restartable(kind, tmp_path, migrated_database) as place:
        async with AsyncExitStack() as stack:
            clients, since = await come_and_read(stack, place.server, count)
            place.server.kill()
        place.start()
        publish(place.server, MISSED)
        epoch = clients[0].welcome["payload"]["epoch"]
        before = resident_bytes(place.server)
        async with AsyncExitStack() as stack:
            await come_back(stack, place.server, epoch, since, count)
        await until(lambda: connected(place.server) == 0)
        assert resident_bytes(place.server) - before < ROOM_BYTES


@pytest.mark.parametrize(("kind", "count"), SIZES.items(), ids=SIZES.keys())
async def test_after_all_lines_are_cut(tmp_path: Path, migrated_database: Path, kind: str, count: int) -> None:
    with restartable(kind, tmp_path, migrated_database) as place:
        async with AsyncExitStack() as stack:
            clients, since = await come_and_read(stack, place.server, count)
            for client in clients:
                client.reset()
            publish(place.server, MISSED)
            await come_back(stack, place.server, clients[0].welcome["payload"]["epoch"], since, count)
