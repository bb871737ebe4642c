"""Connections that owe the server a request, or a part of a frame: they are ended, and harm no one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, TIMEOUT_S, connect
from tests.memory import resident_bytes, sockets_of
from tests.raw_frames import TEXT, header
from tests.raw_socket import open_socket
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

MIB = 1024 * 1024
LARGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
# Of LARGE messages: for a connection with a small receive buffer, up to 4 MiB.
MORE_THAN_THE_KERNEL_KEEPS = 120
SECOND_REQUEST = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n"
BODY = (
    b"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)
UNFINISHED = {
    "nothing": b"",
    "half a request line": b"GET / HT",
    "half a handshake": b"GET /ws/freight?client_id=a HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n",
    "an answered request and half of another": SECOND_REQUEST,
    "a part of a body": BODY,
}

Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def opened(server: Server, first: bytes) -> AsyncIterator[Opened]:
    """A TCP connection that has sent this."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(first)
        yield reader, writer
    finally:
        writer.transport.abort()


async def until_ended(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        with suppress(ConnectionError):
            while await reader.read(1024):
                pass


@pytest.mark.parametrize("first", UNFINISHED.values(), ids=UNFINISHED.keys())
async def test_a_connection_whose_request_does_not_come_is_ended(start: Start, first: bytes) -> None:
    server = start(KITT_CONNECT_TIMEOUT="1")
    async with connect(server.ws_url) as client, opened(server, first) as (reader, _):
        await until_ended(reader)
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def trickle(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, faster than any limit on silence."""
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\nX-Slow: ", SECOND_REQUEST + b"X-Slow: "], ids=["first", "second"]
)
async def test_a_client_that_sends_its_headers_byte_by_byte_is_ended(start: Start, first: bytes) -> None:
    server = start(KITT_CONNECT_TIMEOUT="1")
    async with opened(server, first) as (reader, writer):
        task = asyncio.create_task(trickle(writer))
        await until_ended(reader)
        task.cancel()


async def test_a_body_that_comes_slowly_is_taken(start: Start) -> None:
    server = start(KITT_CONNECT_TIMEOUT="2")
    async with opened(server, BODY) as (reader, writer):
        for _ in range(6):
            await asyncio.sleep(0.5)
            writer.write(b" " * 100)
        writer.write(b" " * 399)
        async with asyncio.timeout(TIMEOUT_S):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")


async def test_a_socket_that_was_welcomed_is_not_ended_with_them(start: Start) -> None:
    server = start(KITT_CONNECT_TIMEOUT="1")
    async with connect(server.ws_url) as client, opened(server, b"") as (reader, _):
        await until_ended(reader)
        assert (await client.ask(ROUTE_UPDATE))["type"] == "route_update"


async def test_one_connection_too_many_that_owes_a_request_costs_the_oldest(start: Start) -> None:
    server = start(KITT_MAX_UNFINISHED_REQUESTS="5", KITT_CONNECT_TIMEOUT="3600")
    async with connect(server.ws_url) as client, AsyncExitStack() as stack:
        oldest = await stack.enter_async_context(opened(server, b"G"))
        for _ in range(5):
            await stack.enter_async_context(opened(server, b"G"))
        await until_ended(oldest[0])
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"
        assert server.get("/health/live") == {"status": "healthy"}


async def test_a_thousand_connections_that_never_shake_hands_harm_no_one(start: Start) -> None:
    server = start(KITT_CONNECT_TIMEOUT="3")
    before = resident_bytes(server)
    async with connect(server.ws_url) as client, AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(opened(server, b"")) for _ in range(1000)]
        assert (await client.ask(ROUTE_UPDATE))["type"] == "route_update"
        await asyncio.gather(*(until_ended(reader) for reader, _ in silent))
        assert server.connected() == ["test"]
    assert resident_bytes(server) - before < 20 * MIB


async def stop_in_the_middle_of_a_frame(server: Server, client_id: str) -> None:
    """Twenty sockets, each with a MiB of a frame of two."""
    closed = f"SELECT close_code FROM realtime_connection WHERE client_id = '{client_id}'"
    async with AsyncExitStack() as stack:
        for _ in range(20):
            half = await stack.enter_async_context(open_socket(server, client_id=client_id))
            await half.write(header(TEXT, 2 * MIB - 1, masked=True) + b"\x00" * (MIB + 4))
        await until(lambda: server.rows(closed) == [(4201,)] * 20)


async def test_sockets_that_stop_in_the_middle_of_a_frame_are_ended_for_their_silence(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="0.5", KITT_STALE_AFTER="2")
    async with connect(server.ws_url) as client:
        ending = asyncio.create_task(stop_in_the_middle_of_a_frame(server, "half"))
        while not ending.done():
            await client.send(HEARTBEAT)
            # On a busy machine a ping may come before the answer.
            await client.receive_type("heartbeat")
            await asyncio.sleep(0.2)
        await ending
        assert server.connected() == ["test"]


async def test_the_memory_of_half_frames_returns_under_serve(start_kind: Start) -> None:
    """Under daphne it waits for Python's collector of cycles."""
    server = start_kind("serve", KITT_HEARTBEAT_INTERVAL="0.5", KITT_STALE_AFTER="2")
    await stop_in_the_middle_of_a_frame(server, "first")
    after_the_first = resident_bytes(server)
    for client_id in ("second", "third"):
        await stop_in_the_middle_of_a_frame(server, client_id)
    # The two rounds had brought 40 MiB more.
    assert resident_bytes(server) - after_the_first < 15 * MIB


async def test_a_client_that_does_not_read_its_answer_is_ended(start_kind: Start) -> None:
    """Daphne hands the whole answer to its transport, which waits in vain."""
    server = start_kind("serve", KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    request = b"GET /api/messages?endpoint=freight&limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with connect(server.ws_url) as client:
        for _ in range(MORE_THAN_THE_KERNEL_KEEPS):
            await client.ask(LARGE)
        before = sockets_of(server)
        with slow_connection(server) as connection:
            connection.send(request)
            await until(lambda: connection.recv(1, socket.MSG_PEEK) == b"H")
            assert sockets_of(server) > before
            # The kernel may go on with what it has.
            await until(lambda: sockets_of(server) <= before)


def slow_connection(server: Server) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    return connection
