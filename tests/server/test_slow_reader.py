"""A client that does not read, or hardly, harms itself alone; the server's memory stays bounded; `since` brings it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from tests.clients import connect
from tests.memory import resident_bytes
from tests.raw_socket import RawSocket, open_socket
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

MIB = 1024 * 1024
MESSAGES = 400
FRAME = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
"""With its header and envelope about 60 KB: 24 MB in all to each client, of which the kernel keeps up to 6."""
SLEEPERS = 10
# Write buffers of 256 KiB and one message for each sleeper, and what the process takes to store and relay 24 MB.
ALLOWED_BYTES = 40 * MIB
CLOSED = "SELECT close_code FROM realtime_connection WHERE client_id LIKE 'sleeper%'"


@asynccontextmanager
async def sleepers(server: Server, count: int) -> AsyncIterator[list[RawSocket]]:
    async with AsyncExitStack() as stack:
        names = [f"sleeper-{number}" for number in range(count)]
        yield [await stack.enter_async_context(open_socket(server, client_id=name, slow=True)) for name in names]


async def publish_and_read(server: Server) -> int:
    """Returns the largest RSS on the way. Fails unless the sender gets every message, in order, once."""
    peak = 0
    async with connect(server.ws_url, client_id="reader") as client:
        offsets = []
        for _ in range(MESSAGES):
            await client.send(FRAME)
            offsets.append((await client.receive())["offset"])
            peak = max(peak, resident_bytes(server))
        await until(lambda: [code for (code,) in server.rows(CLOSED)] == [4102] * SLEEPERS)
        assert server.connected() == ["reader"]
    first = client.welcome["payload"]["offset"] + 1
    assert offsets == list(range(first, first + MESSAGES))
    return peak


async def test_clients_that_never_read_are_closed_and_the_others_have_everything(start: Start) -> None:
    server = start(KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    async with sleepers(server, SLEEPERS):
        before = resident_bytes(server)
        peak = await publish_and_read(server)
    assert peak - before < ALLOWED_BYTES
    assert resident_bytes(server) - before < ALLOWED_BYTES
    assert "Traceback" not in server.log.read_text()


async def read_a_byte_a_moment(sleeper: RawSocket) -> None:
    with suppress(ConnectionError):
        while await sleeper.reader.read(1):
            await asyncio.sleep(0.1)


async def test_clients_that_read_a_byte_now_and_then_are_closed_all_the_same(start: Start) -> None:
    server = start(KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    async with sleepers(server, SLEEPERS) as slow, asyncio.TaskGroup() as reading:
        before = resident_bytes(server)
        tasks = [reading.create_task(read_a_byte_a_moment(each)) for each in slow]
        peak = await publish_and_read(server)
        for task in tasks:
            task.cancel()
    assert peak - before < ALLOWED_BYTES


async def test_a_client_that_was_closed_for_its_slowness_gets_the_rest_when_it_comes_back(start: Start) -> None:
    server = start(KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    async with connect(server.ws_url, client_id="reader") as client:
        async with open_socket(server, client_id="sleeper-0", slow=True) as sleeper:
            for _ in range(MESSAGES):
                await client.send(FRAME)
                head = (await client.receive())["offset"]
            await until(lambda: server.rows(CLOSED) == [(4102,)])
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await sleeper.receive_or_end():
                    pass
    last, epoch = sleeper.offsets[-1], sleeper.welcome["payload"]["epoch"]
    query = f"&since={last}&epoch={epoch}"
    async with open_socket(server, client_id="sleeper-0", query=query) as again:
        assert again.welcome["payload"]["recovered"] is True
        await again.has_all_upto(head)
    assert sleeper.offsets == list(range(sleeper.start + 1, last + 1))
    assert 0 < len(sleeper.offsets) < MESSAGES
