"""A client that hardly reads harms itself alone: memory stays bounded, and its `since` brings it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from tests.clients import Client, connect
from tests.memory import resident_bytes, sockets_of
from tests.raw_socket import RawSocket, open_socket
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

MIB = 1024 * 1024
MESSAGES = 400
FRAME = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
"""All of them are 24 MB to each client, of which the kernel keeps up to 6."""
SLEEPERS = 10
# To relay these messages takes 12 MB by itself. Unbounded, the buffers of the sleepers would take 180 MB more.
ALLOWED_BYTES = 32 * MIB
CLOSED = "SELECT close_code FROM realtime_connection WHERE client_id LIKE 'sleeper%'"
SETTINGS = {"KITT_SEND_TIMEOUT": "1", "KITT_RATE_LIMIT": "0"}


@asynccontextmanager
async def sleepers(server: Server) -> AsyncIterator[list[RawSocket]]:
    async with AsyncExitStack() as stack:
        names = [f"sleeper-{number}" for number in range(SLEEPERS)]
        yield [await stack.enter_async_context(open_socket(server, client_id=name, slow=True)) for name in names]


async def publish_and_read(server: Server, client: Client) -> int:
    """Returns the largest RSS on the way. Fails unless the sender gets every message, in order, once."""
    offsets, peak = [], 0
    for _ in range(MESSAGES):
        await client.send(FRAME)
        offsets.append((await client.receive())["offset"])
        peak = max(peak, resident_bytes(server))
    assert offsets == list(range(offsets[0], offsets[0] + MESSAGES))
    return peak


async def are_closed(server: Server, count: int = SLEEPERS) -> None:
    await until(lambda: [code for (code,) in server.rows(CLOSED)] == [4102] * count)
    assert server.connected() == ["reader"]


async def test_clients_that_never_read_are_closed_and_the_others_have_everything(start: Start) -> None:
    server = start(**SETTINGS)
    async with connect(server.ws_url, client_id="reader") as client:
        before, sockets = resident_bytes(server), sockets_of(server)
        async with sleepers(server):
            peak = await publish_and_read(server, client)
            await are_closed(server)
            # They go on holding theirs.
            await until(lambda: sockets_of(server) <= sockets)
            await client.send(FRAME)
            await client.receive()
    assert peak - before < ALLOWED_BYTES
    assert resident_bytes(server) - before < ALLOWED_BYTES
    assert "Traceback" not in server.log.read_text()


async def read_a_byte_now_and_then(sleeper: RawSocket) -> None:
    while await sleeper.reader.read(1):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def test_clients_that_read_a_byte_now_and_then_are_closed_all_the_same(start: Start) -> None:
    server = start(**SETTINGS)
    async with connect(server.ws_url, client_id="reader") as client:
        before = resident_bytes(server)
        async with sleepers(server) as slow:
            reading = [asyncio.ensure_future(read_a_byte_now_and_then(each)) for each in slow]
            peak = await publish_and_read(server, client)
            await are_closed(server)
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
    assert peak - before < ALLOWED_BYTES


async def what_it_had(sleeper: RawSocket) -> list[int]:
    """The offsets of all that it was still sent whole."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        await sleeper.until_end()
    return sleeper.offsets


async def test_a_client_that_was_closed_for_its_slowness_gets_the_rest_when_it_comes_back(start: Start) -> None:
    server = start(**SETTINGS)
    async with (
        connect(server.ws_url, client_id="reader") as client,
        open_socket(server, client_id="sleeper", slow=True) as sleeper,
    ):
        await publish_and_read(server, client)
        await are_closed(server, 1)
        had = await what_it_had(sleeper)
        head = (await client.ask(FRAME))["offset"]
    assert had == list(range(sleeper.start + 1, sleeper.start + 1 + len(had)))
    assert 0 < len(had) < MESSAGES
    query = f"&since={had[-1]}&epoch={sleeper.welcome['payload']['epoch']}"
    async with open_socket(server, client_id="sleeper", query=query) as again:
        assert again.welcome["payload"]["recovered"] is True
        await again.has_all_upto(head)


async def test_a_client_that_sends_faster_than_the_log_takes_it_waits_and_memory_stays_bounded(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="0", KITT_MAX_UNCOMMITTED="1")
    before = peak = resident_bytes(server)
    async with connect(server.ws_url, client_id="writer") as client:
        sending = asyncio.create_task(send_many(client, 1000))
        for _ in range(1000):
            await client.receive()
            peak = max(peak, resident_bytes(server))
        await sending
    # It sends 60 MB.
    assert peak - before < ALLOWED_BYTES


async def send_many(client: Client, count: int) -> None:
    for _ in range(count):
        await client.send(FRAME)
