"""The closing handshake (RFC 6455 §5.5.1): one close frame from each side, and nothing after it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.bursts import Burst, burst
from tests.clients import ROUTE_UPDATE, connect
from tests.raw_frames import BINARY, CLOSE, PING, PONG, TEXT, closing, frame, text
from tests.raw_socket import RawSocket, open_socket, open_sockets
from tests.servers import Server
from tests.waiting import until

# Each with the codes that may come back: §5.5.1 has the code echoed "typically"; None is an empty body.
BODIES = {
    "empty": (b"", {None, 1000}),
    "1000": (closing(1000), {None, 1000}),
    "1001 with a reason": (closing(1001, "Tür zu".encode()), {None, 1000, 1001}),
    "3000": (closing(3000), {None, 1000, 3000}),
    "4999 with the longest reason": (closing(4999, b"x" * 123), {None, 1000, 4999}),
}


@pytest.mark.parametrize(("body", "codes"), BODIES.values(), ids=BODIES.keys())
async def test_a_close_frame_is_answered_with_one_close_frame(
    server: Server, body: bytes, codes: set[int | None]
) -> None:
    async with open_socket(server) as client:
        await client.send(CLOSE, body)
        (answer,) = await client.until_end()
    assert answer.opcode == CLOSE
    assert answer.close_code in codes


async def leave_after(client: RawSocket, count: int) -> None:
    """Closes in the middle of a broadcast, and takes nothing but the rest of it and one close frame."""
    await client.reach(client.start + count)
    await client.send(CLOSE, closing(1000))
    opcodes = [received.opcode for received in await client.until_end()]
    assert opcodes == [TEXT] * (len(opcodes) - 1) + [CLOSE]
    assert client.offsets == list(range(client.start + 1, client.start + len(client.offsets) + 1))


async def test_clients_that_close_in_the_middle_of_a_broadcast_get_one_close_frame_and_nothing_after_it(
    busy_server: Server,
) -> None:
    async with open_sockets(busy_server, 10) as clients, burst(busy_server):
        await asyncio.gather(*(leave_after(client, 10 * turn) for turn, client in enumerate(clients, 1)))


async def test_clients_that_close_in_the_middle_of_a_broadcast_cost_the_others_nothing(busy_server: Server) -> None:
    async with open_sockets(busy_server, 10) as leavers, open_sockets(busy_server, 3, "stays") as others:
        async with burst(busy_server) as load:
            await asyncio.gather(*(leave_after(leaver, 10 * turn) for turn, leaver in enumerate(leavers, 1)))
            await load.flow(50)
        for other in others:
            await other.has_all_upto(load.head)
        await until(lambda: busy_server.connected() == ["stays-0", "stays-1", "stays-2"])


async def be_closed_after(client: RawSocket, count: int, load: Burst) -> None:
    """Makes too many mistakes in the middle of a broadcast, and takes its time to answer the close frame."""
    await client.reach(client.start + count)
    # Messages come in batches: each client is closed at another moment between two of them.
    await asyncio.sleep(count / 20_000)
    await client.write(frame(BINARY, b"bad") * 10)
    last = await client.receive_until(lambda received: b'"type":"disconnect"' in received.data)
    close = await client.receive()
    await load.flow(5)
    # Daphne cuts a client that takes a second.
    with suppress(ConnectionError):
        await client.send(CLOSE, close.data)
    assert (last.message["payload"]["code"], close.opcode, close.close_code) == (4005, CLOSE, 4005)
    assert await client.until_end() == []


async def test_clients_that_are_closed_in_the_middle_of_a_broadcast_get_one_close_frame_and_nothing_after_it(
    busy_server: Server,
) -> None:
    async with open_sockets(busy_server, 30) as clients, burst(busy_server) as load:
        await asyncio.gather(*(be_closed_after(client, 5 * turn, load) for turn, client in enumerate(clients, 1)))


async def test_a_ping_before_a_close_frame_in_one_segment_is_answered_first(server: Server) -> None:
    async with open_socket(server) as client:
        await client.write(frame(PING, b"last") + frame(CLOSE))
        pong, close = await client.until_end()
    assert (pong.opcode, pong.data, close.opcode) == (PONG, b"last", CLOSE)


async def test_what_a_client_sends_after_its_close_frame_is_not_taken(server: Server) -> None:
    async with connect(server.ws_url, client_id="other") as other, open_socket(server) as client:
        await client.write(frame(CLOSE) + frame(TEXT, text(ROUTE_UPDATE)))
        await client.until_end()
        assert (await other.ask(ROUTE_UPDATE))["sender"] == "other"


async def test_a_close_frame_between_the_fragments_of_a_message_ends_the_connection(server: Server) -> None:
    """§5.4 allows it, and the message is lost; a server may as well take it for a mistake."""
    async with connect(server.ws_url, client_id="other") as other, open_socket(server) as client:
        await client.write(frame(TEXT, text(ROUTE_UPDATE), fin=False) + frame(CLOSE, closing(1000)))
        assert [end.close_code for end in await client.until_end()] in ([1000], [1002], [])
        assert (await other.ask(ROUTE_UPDATE))["sender"] == "other"
