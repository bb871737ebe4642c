"""Pings and pongs, which may stand between the fragments of a message (RFC 6455 §5.4, §5.5)."""

from __future__ import annotations

import pytest

from tests.bursts import burst
from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.raw_frames import CONTINUATION, PING, PONG, TEXT, frame, text
from tests.raw_socket import RawSocket, open_socket
from tests.servers import Server

PAYLOAD = {"shipment_id": "SH-7", "note": "Łódź → Köln, über Görlitz"}
MESSAGE = text({"type": "route_update", "payload": PAYLOAD})
# 7 bytes each: the cuts go through characters too.
PARTS = [MESSAGE[start : start + 7] for start in range(0, len(MESSAGE), 7)]


async def send_part(client: RawSocket, number: int) -> None:
    opcode = CONTINUATION if number else TEXT
    await client.send(opcode, PARTS[number], fin=number == len(PARTS) - 1)


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"x" * 125], ids=["empty", "no text", "125 bytes"])
async def test_a_ping_is_answered_with_its_data(server: Server, data: bytes) -> None:
    async with open_socket(server) as client:
        await client.send(PING, data)
        assert await client.receive_pong() == data


async def test_pings_between_fragments_are_answered_and_the_message_is_whole(server: Server) -> None:
    async with open_socket(server) as client:
        for number in range(len(PARTS)):
            await client.send(PING, b"ping %d" % number)
            assert await client.receive_pong() == b"ping %d" % number
            await send_part(client, number)
        assert (await client.receive_from("raw"))["payload"] == PAYLOAD


async def test_pings_between_fragments_are_answered_while_broadcasts_flow(busy_server: Server) -> None:
    async with open_socket(busy_server) as client:
        async with burst(busy_server) as load:
            for number in range(len(PARTS)):
                await client.reach(load.head)
                await client.send(PING, b"ping %d" % number)
                assert await client.receive_pong() == b"ping %d" % number
                await send_part(client, number)
            own = await client.receive_from("raw")
        assert own["payload"] == PAYLOAD
        await client.has_all_upto(max(load.head, own["offset"]))


async def test_broadcasts_come_between_the_fragments_of_a_message(server: Server) -> None:
    async with connect(server.ws_url, client_id="other") as other, open_socket(server) as client:
        for number in range(len(PARTS)):
            await send_part(client, number)
            if number < len(PARTS) - 1:
                own = await other.ask(ROUTE_UPDATE)
                assert await client.receive_message() == own
        assert (await client.receive_from("raw"))["payload"] == PAYLOAD


async def test_pongs_that_nobody_asked_for_are_passed_over(server: Server) -> None:
    async with open_socket(server) as client:
        for number in range(len(PARTS)):
            await client.send(PONG, b"pong %d" % number)
            await send_part(client, number)
        assert (await client.receive_from("raw"))["payload"] == PAYLOAD


async def test_a_row_of_pings_in_one_segment_is_answered_in_order(server: Server) -> None:
    """§5.5.3 lets a server answer the last one alone."""
    async with open_socket(server) as client:
        await client.write(b"".join(frame(PING, b"%d" % number) for number in range(10)))
        pongs = [await client.receive_pong()]
        while pongs[-1] != b"9":
            pongs.append(await client.receive_pong())
        assert pongs == sorted(pongs)


async def test_a_ping_is_answered_while_a_message_of_the_same_segment_is_taken(server: Server) -> None:
    async with open_socket(server) as client:
        await client.write(frame(TEXT, text(HEARTBEAT)) + frame(PING, b"p") + frame(TEXT, text(HEARTBEAT)))
        received = [await client.receive() for _ in range(3)]
        assert sorted(each.opcode for each in received) == [TEXT, TEXT, PONG]
