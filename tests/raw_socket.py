"""A WebSocket client that sends what it is told to, right or wrong, in the pieces that it is told to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from tests.clients import HEARTBEAT, TIMEOUT_S
from tests.raw_frames import PONG, TEXT, Frame, frame, read_frame, text
from tests.servers import Server

# A server that is sent segments faster than this reads several at once.
BETWEEN_SEGMENTS_S = 0.001
# So much is read ahead of the test, so that only a client that is meant to be slow is slow.
READ_AHEAD_BYTES = 16 * 1024 * 1024
SLOW_RECEIVE_BUFFER_BYTES = 64 * 1024
ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class RawSocket:
    """`offsets` are those of all messages that came, in the order in which they came."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.response = ""
        self.welcome: dict[str, Any] = {}
        self.offsets: list[int] = []

    async def shake_hands(self, path: str, headers: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        await self.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
        )
        async with asyncio.timeout(TIMEOUT_S):
            self.response = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        assert self.response.startswith("HTTP/1.1 101 ")
        assert base64.b64encode(hashlib.sha1((key + ACCEPT_SUFFIX).encode()).digest()).decode() in self.response

    async def write(self, *segments: bytes) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            for segment in segments:
                self.writer.write(segment)
                await self.writer.drain()
                await asyncio.sleep(BETWEEN_SEGMENTS_S)

    async def send(self, opcode: int, data: bytes = b"", *, fin: bool = True) -> None:
        await self.write(frame(opcode, data, fin=fin))

    async def receive_or_end(self) -> Frame | None:
        """None where the server has ended the connection."""
        async with asyncio.timeout(TIMEOUT_S):
            received = await read_frame(self.reader)
        if received and received.opcode == TEXT and "offset" in received.message:
            self.offsets.append(received.message["offset"])
        return received

    async def receive(self) -> Frame:
        received = await self.receive_or_end()
        assert received is not None, "the server ended the connection"
        return received

    async def receive_until(self, condition: Callable[[Frame], bool]) -> Frame:
        while not condition(received := await self.receive()):
            pass
        return received

    async def receive_pong(self) -> bytes:
        return (await self.receive_until(lambda received: received.opcode == PONG)).data

    async def receive_message(self) -> dict[str, Any]:
        return (await self.receive_until(lambda received: received.opcode == TEXT)).message

    async def receive_from(self, sender: str) -> dict[str, Any]:
        while (message := await self.receive_message()).get("sender") != sender:
            pass
        return message

    @property
    def start(self) -> int:
        """The offset that this client begins after."""
        payload = self.welcome["payload"]
        start: int = payload["offset"] - payload["replayed"]
        return start

    async def reach(self, offset: int) -> None:
        while not self.offsets or self.offsets[-1] < offset:
            await self.receive_message()

    async def has_all_upto(self, head: int) -> None:
        """Fails unless every message after the welcome came, in order, once, and nothing else comes: doubles, say."""
        await self.reach(head)
        await self.send(TEXT, text(HEARTBEAT))
        while (await self.receive_message())["type"] != "heartbeat":
            pass
        assert self.offsets == list(range(self.start + 1, head + 1))

    async def until_end(self) -> list[Frame]:
        """The frames that still come before the server ends the connection, by FIN or by RST."""
        frames = []
        try:
            while received := await self.receive_or_end():
                frames.append(received)
        except ConnectionError:
            pass
        return frames

    def half_close(self) -> None:
        """FIN: nothing more will be sent, and reading goes on."""
        self.writer.write_eof()

    def reset(self) -> None:
        """RST: what comes from a client whose process was killed, or from a firewall."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def open_socket(
    server: Server,
    endpoint: str = "freight",
    client_id: str = "raw",
    *,
    query: str = "",
    headers: str = "",
    slow: bool = False,
) -> AsyncIterator[RawSocket]:
    """A client that was welcomed. `query` begins with &; each line of `headers` ends with CR LF.

    A `slow` one takes from the network little more than the test takes from it.
    """
    connection = socket.socket()
    connection.setblocking(False)
    if slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_RECEIVE_BUFFER_BYTES)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", server.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=1024 if slow else READ_AHEAD_BYTES)
    raw = RawSocket(reader, writer)
    try:
        await raw.shake_hands(f"/ws/{endpoint}?client_id={client_id}{query}", headers)
        raw.welcome = await raw.receive_message()
        assert raw.welcome["type"] == "welcome"
        yield raw
    finally:
        writer.transport.abort()


@asynccontextmanager
async def open_sockets(server: Server, count: int, name: str = "raw") -> AsyncIterator[list[RawSocket]]:
    """Clients of freight: raw-0, raw-1 …"""
    async with AsyncExitStack() as stack:
        opening = (open_socket(server, client_id=f"{name}-{number}") for number in range(count))
        yield [await stack.enter_async_context(each) for each in opening]
