"""The load generator against a server that is not KITT: `websockets`, and what can go wrong between the two."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.load import compiled
from tests.proxy import Proxy

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")

TIMEOUT_S = 30
CONNECTIONS = 5

Handler = Callable[[ServerConnection, str], Awaitable[None]]


class Room:
    """A server that hands each text of a client to `on_text`, by default to all."""

    def __init__(self) -> None:
        self.clients: list[ServerConnection] = []
        self.texts: dict[ServerConnection, list[str]] = {}
        self.on_text: Handler = self.to_all
        self.on_open: Callable[[ServerConnection], Awaitable[None]] | None = None

    async def to_all(self, client: ServerConnection, text: str) -> None:
        broadcast(self.clients, text)

    async def handle(self, client: ServerConnection) -> None:
        self.clients.append(client)
        self.texts[client] = []
        if self.on_open:
            await self.on_open(client)
        async for text in client:
            self.texts[client].append(str(text))
            await self.on_text(client, str(text))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        async with serve(self.handle, "127.0.0.1", 0, max_size=None) as server:
            yield server.sockets[0].getsockname()[1]


async def run(port: int, mode: str, *options: str) -> tuple[int, list[dict[str, Any]], str]:
    """The exit code, the events and what it says on stderr. Its stdin ends at once."""
    command = [mode, "--port", str(port), "--connections", str(CONNECTIONS), "--settle=0.1", *options]
    process = await asyncio.create_subprocess_exec(
        str(compiled()),
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(TIMEOUT_S):
        output, error = await process.communicate(b"")
    assert process.returncode is not None
    return process.returncode, [json.loads(line) for line in output.splitlines()], error.decode()


SHORT = ("--warm-up=0.05", "--seconds=0.2", "--in-flight=4", "--timeout=2")


@pytest.mark.parametrize("size", [250, 70_000], ids=["16-bit length", "64-bit length"])
async def test_every_connection_gets_every_message_exactly_once(size: int) -> None:
    room = Room()
    async with room.running() as port:
        code, events, error = await run(port, "broadcast", *SHORT, f"--size={size}", "--same-order")
    assert (code, error) == (0, "")
    assert [event["event"] for event in events] == ["connected", "measuring", "measured"]
    assert events[2]["messages"] > 0
    assert {len(text) for texts in room.texts.values() for text in texts} == {size}


async def test_each_sender_sends_the_next_message_when_all_have_the_one_before() -> None:
    room = Room()
    async with room.running() as port:
        await run(port, "broadcast", *SHORT, "--senders=3")
    numbers = sorted(len(texts) for texts in room.texts.values())
    assert numbers[:2] == [0, 0]
    assert numbers[2] > 2


async def test_frames_that_come_in_pieces_are_put_together() -> None:
    async def in_pieces(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(7):
            sink.write(data)
            await asyncio.sleep(0)
        sink.close()

    async with Room().running() as port, Proxy(port, in_pieces) as proxy:
        code, events, error = await run(proxy.port, "paced", "--rate=20", "--seconds=0.5", "--timeout=5")
    assert (code, error) == (0, "")
    assert events[2]["deliveries"] == events[2]["messages"] * CONNECTIONS


async def test_pings_of_the_protocol_and_of_kitt_are_answered() -> None:
    room, ponged = Room(), list[Any]()

    async def ping(client: ServerConnection) -> None:
        await client.send('{"type":"ping","timestamp":"2026-01-01T00:00:00.000Z","payload":{},"correlation_id":"c"}')
        ponged.append(await client.ping())

    room.on_open = ping
    async with room.running() as port:
        code, _, error = await run(port, "paced", "--rate=10", "--warm-up=0", "--seconds=0.3", "--first-frame")
    assert (code, error) == (0, "")
    assert [pong.exception() for pong in ponged] == [None] * CONNECTIONS
    assert all(texts[0] == '{"type":"heartbeat","payload":{}}' for texts in room.texts.values())


async def test_a_message_that_one_connection_does_not_get_is_named() -> None:
    room = Room()

    async def to_all_but_the_last(client: ServerConnection, text: str) -> None:
        broadcast(room.clients[:-1], text)

    room.on_text = to_all_but_the_last
    async with room.running() as port:
        code, _, error = await run(port, "broadcast", *SHORT)
    assert code == 1
    assert re.search(r"message 0 of connection 0 on connection \d, and on 1 in all", error)


async def test_a_message_that_comes_twice_is_named() -> None:
    room = Room()

    async def twice(client: ServerConnection, text: str) -> None:
        broadcast(room.clients, text)
        await client.send(text)

    room.on_text = twice
    async with room.running() as port:
        code, _, error = await run(port, "broadcast", *SHORT)
    assert code == 1
    assert "twice" in error or "which nobody waits for" in error


async def test_a_connection_that_gets_two_messages_the_other_way_round_is_named() -> None:
    room, waiting = Room(), list[str]()

    async def swapped_for_the_last(client: ServerConnection, text: str) -> None:
        broadcast(room.clients[:-1], text)
        waiting.append(text)
        if len(waiting) == 2:
            for each in reversed(waiting):
                await room.clients[-1].send(each)
            waiting.clear()

    room.on_text = swapped_for_the_last
    async with room.running() as port:
        assert (await run(port, "broadcast", *SHORT, "--senders=1"))[0] == 0
        waiting.clear()
        room.clients.clear()
        code, _, error = await run(port, "broadcast", *SHORT, "--senders=1", "--same-order")
    assert code == 1
    assert "in another order than the first" in error


async def test_a_close_is_told_with_its_code_and_reason() -> None:
    room = Room()

    async def close(client: ServerConnection, text: str) -> None:
        await client.close(4102, "slow consumer")

    room.on_text = close
    async with room.running() as port:
        code, _, error = await run(port, "broadcast", *SHORT)
    assert code == 1
    assert "closed with 4102 slow consumer" in error


async def test_idle_connections_end_with_stdin() -> None:
    async with Room().running() as port:
        code, events, _ = await run(port, "idle")
    assert (code, [event["event"] for event in events]) == (0, ["connected"])


async def test_inbound_every_connection_keeps_as_many_messages_of_its_own_in_flight() -> None:
    room = Room()

    async def keep(client: ServerConnection, text: str) -> None:
        pass

    room.on_text = keep
    async with room.running() as port:
        await run(port, "inbound", *SHORT)
    assert [len(texts) for texts in room.texts.values()] == [4] * CONNECTIONS
