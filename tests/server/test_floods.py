"""Clients that send as fast as they can: the others are served meanwhile, and stay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from realtime.server.slices import PAUSE_S, SLICE_BYTES
from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.memory import resident_bytes
from tests.raw_frames import CLOSE, CONTINUATION, PING, PONG, TEXT, frame, text
from tests.raw_socket import RawSocket, open_socket, open_sockets
from tests.server.conftest import Start
from tests.servers import Server

MEBIBYTE = 1024 * 1024
# So much that the kernel does not keep it, and that a server is not through with it before the others are served.
FLOOD_BYTES = 24 * MEBIBYTE
ROUND_TRIPS = 50
ROOM_BYTES = 24 * MEBIBYTE
PONG_BYTES = 2
"""Of a server, with nothing in it."""

AT_THE_LIMIT = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * (64 * 1024 - 200)}}
FLOODS = {
    "empty pings": (b"", frame(PING)),
    "large pings": (b"", frame(PING, b"x" * 125)),
    "pongs": (b"", frame(PONG)),
    "empty fragments": (frame(TEXT, fin=False), frame(CONTINUATION, fin=False)),
    "fragments of a byte": (frame(TEXT, fin=False), frame(CONTINUATION, b"x", fin=False)),
    "heartbeats": (b"", frame(TEXT, text(HEARTBEAT))),
    "messages of 64 KiB": (b"", frame(TEXT, text(AT_THE_LIMIT))),
}


@asynccontextmanager
async def flooding(client: RawSocket, first: bytes, repeated: bytes) -> AsyncIterator[asyncio.Task[None]]:
    """Sends until the block ends, or the server ends the connection; nothing is read."""

    async def flood() -> None:
        client.writer.write(first)
        piece = repeated * max(1, 65_536 // len(repeated))
        with suppress(OSError):
            for _ in range(FLOOD_BYTES // len(piece)):
                client.writer.write(piece)
                await client.writer.drain()

    task = asyncio.create_task(flood())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def are_served(clients: list[RawSocket], times: int = ROUND_TRIPS) -> None:
    for _ in range(times):
        for client in clients:
            await client.send(TEXT, text(HEARTBEAT))
            while (await client.receive_message())["type"] != "heartbeat":
                pass


@pytest.mark.parametrize(("first", "repeated"), FLOODS.values(), ids=FLOODS.keys())
async def test_a_flood_waits_in_the_network_while_the_others_are_served(
    start_kind: Start, first: bytes, repeated: bytes
) -> None:
    server = start_kind("serve", KITT_RATE_LIMIT="0")
    async with open_sockets(server, 3, "other") as others, open_socket(server, "packing", "flood") as flooder:
        before = resident_bytes(server)
        async with flooding(flooder, first, repeated) as flood:
            await are_served(others)
            assert not flood.done()
            assert resident_bytes(server) - before < ROOM_BYTES
    assert "Traceback" not in server.log.read_text()


async def test_who_sends_nothing_but_pings_is_read_a_slice_a_second(start_kind: Start) -> None:
    server = start_kind("serve")
    began, answered = time.monotonic(), 0
    async with open_socket(server, "packing", "flood") as flooder, flooding(flooder, b"", frame(PING)):
        with suppress(TimeoutError):
            async with asyncio.timeout(3 * PAUSE_S):
                while pongs := await flooder.reader.read(65_536):
                    answered += len(pongs) // PONG_BYTES
    in_a_slice = SLICE_BYTES // len(frame(PING))
    # Twice what it may be. Without a limit it was 800,000 in 3 s.
    assert 0 < answered < 2 * in_a_slice * (1 + (time.monotonic() - began) / PAUSE_S)


async def test_fifty_that_flood_at_once_disconnect_nobody_else(start_kind: Start) -> None:
    server = start_kind("serve", KITT_RATE_LIMIT="0")
    async with open_sockets(server, 3, "other") as others, open_sockets(server, 50, "flood") as flooders:
        before = resident_bytes(server)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(flood_until_cancelled(each)) for each in flooders]
            # Each takes a turn of all fifty.
            await are_served(others, times=10)
            assert resident_bytes(server) - before < 2 * ROOM_BYTES
            for task in tasks:
                task.cancel()


async def flood_until_cancelled(client: RawSocket) -> None:
    async with flooding(client, b"", frame(TEXT, text(HEARTBEAT))) as flood:
        await flood


async def until_told(client: RawSocket) -> list[str]:
    """The codes of the errors, and of the close, that a client that floods gets."""
    codes = []
    with suppress(ConnectionError):
        while (received := await client.receive_or_end()) and received.opcode != CLOSE:
            if received.message["type"] == "error":
                codes.append(received.message["payload"]["code"])
        codes += [str(received.close_code)] if received else []
    return codes


async def flood_messages(server: Server, client_id: str) -> list[str]:
    async with open_socket(server, "packing", client_id) as client:
        with suppress(OSError):
            await client.write(frame(TEXT, text({"type": "damage_prediction", "payload": PREDICTION})) * 1000)
        return await until_told(client)


PREDICTION = {"shipment_id": "SH-1", "probability": 0.5}


async def test_who_sends_too_many_messages_gets_errors_and_then_4101(server: Server) -> None:
    async with connect(server.ws_url, "packing", "other") as other:
        told = await flood_messages(server, "flood-messages")
        assert told == ["rate_limited"] * 100 + ["4101"]
        taken = await other.ask({**HEARTBEAT})
    assert taken["type"] in ("damage_prediction", "heartbeat")


async def test_who_comes_back_after_a_flood_has_no_new_burst(server: Server) -> None:
    async def head() -> int:
        async with connect(server.ws_url, "packing", "reader") as reader:
            found: int = reader.welcome["payload"]["offset"]
            return found

    await flood_messages(server, "returner")
    before = await head()
    for _ in range(5):
        assert (await flood_messages(server, "returner"))[-1] == "4101"
    # Another burst of 40 for each of the five would be 200.
    assert await head() - before < 200


async def test_who_sends_nothing_but_bad_frames_gets_errors_and_then_4005(server: Server) -> None:
    async with connect(server.ws_url, client_id="other") as other, open_socket(server, client_id="bad") as client:
        with suppress(OSError):
            await client.write(frame(TEXT, b"[" * 60_000) * 50)
        assert await until_told(client) == ["invalid_json"] * 10 + ["4005"]
        assert (await other.ask(ROUTE_UPDATE))["sender"] == "other"
