"""The largest messages: frames with a size of 64 bits, and what goes on around them."""

from __future__ import annotations

from typing import Any

from tests.bursts import burst
from tests.clients import connect
from tests.raw_frames import TEXT, text
from tests.raw_socket import RawSocket, open_socket
from tests.servers import Server

MEBIBYTE = 1024 * 1024
# The server adds fields of its own: docs/protocol.md, "Limits".
ROOM = 1024
SMALL = {"type": "damage_prediction", "payload": {"shipment_id": "SH-1", "probability": 0.5}}


def load_plan() -> dict[str, Any]:
    """A packing_result of 1 MiB less ROOM: boxes of 10 cm in layers, and a note that fills it up to the byte."""
    boxes = [
        {
            "item_id": f"Kiste-{number}",
            "load_order": number + 1,
            "position": {"x": number % 20 * 10, "y": number // 20 % 20 * 10, "z": number // 400 * 10},
            "size": {"w": 10, "h": 10, "d": 10},
        }
        for number in range(6000)
    ]
    payload = {"shipment_id": "SH-1", "containers": [{"placements": boxes}], "note": "ü"}
    message = {"type": "packing_result", "payload": payload}
    payload["note"] += "x" * (MEBIBYTE - ROOM - len(text(message)))
    return message


LARGE = load_plan()


async def payloads(client: RawSocket, count: int) -> list[Any]:
    return [(await client.receive_message())["payload"] for _ in range(count)]


async def test_a_mebibyte_between_small_messages_reaches_every_subscriber_to_the_letter(busy_server: Server) -> None:
    messages = [SMALL, LARGE, SMALL, LARGE, SMALL]
    async with (
        open_socket(busy_server, "packing", "one") as one,
        open_socket(busy_server, "packing", "two") as two,
        open_socket(busy_server, "packing") as sender,
    ):
        for message in messages:
            await sender.send(TEXT, text(message))
        for client in (one, two, sender):
            assert await payloads(client, len(messages)) == [message["payload"] for message in messages]
            await client.has_all_upto(client.start + len(messages))


async def test_every_subscriber_gets_the_same_bytes_of_a_mebibyte(server: Server) -> None:
    async with open_socket(server, "packing", "one") as one, open_socket(server, "packing") as sender:
        await sender.send(TEXT, text(LARGE))
        own, copy = await sender.receive(), await one.receive()
    assert own == copy
    assert len(text(LARGE)) < len(own.data) <= MEBIBYTE


async def test_small_messages_flow_on_other_endpoints_while_large_ones_are_delivered(
    busy_server: Server,
) -> None:
    async with open_socket(busy_server) as freight, open_socket(busy_server, "packing") as packing:
        async with burst(busy_server) as load, connect(busy_server.ws_url, "packing") as sender:
            for _ in range(3):
                await sender.send(text(LARGE).decode())
                await load.flow(1)
                await sender.receive()
        await freight.has_all_upto(load.head)
        assert await payloads(packing, 3) == [LARGE["payload"]] * 3


async def test_sizes_about_the_border_of_64_bits_are_written_in_their_shortest_form(server: Server) -> None:
    """The client reads each size strictly; these frames of the server lie on both sides of 65,535 bytes."""
    message = {"type": "packing_result", "payload": {"shipment_id": "SH-1", "note": ""}}
    async with open_socket(server, "packing") as client:
        around, note, sizes = 0, 0, []
        # More than one round: when the offset gets a digit more, a frame is one larger than was reckoned.
        for size in (0, *range(65_533, 65_539), *range(65_533, 65_539)):
            note = max(0, size - around)
            message["payload"]["note"] = "x" * note
            await client.send(TEXT, text(message))
            sizes.append(len((await client.receive()).data))
            around = sizes[-1] - note
    assert {65_535, 65_536} <= set(sizes)
