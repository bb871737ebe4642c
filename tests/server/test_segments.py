"""Messages in fragments, and frames in segments: a stream of bytes has no borders but those that frames draw."""

from __future__ import annotations

import pytest

from tests.clients import HEARTBEAT
from tests.raw_frames import CONTINUATION, TEXT, frame, text
from tests.raw_socket import open_socket
from tests.servers import Server

PAYLOAD = {"shipment_id": "SH-7", "note": "Łódź → Köln, über Görlitz"}
MESSAGE = text({"type": "route_update", "payload": PAYLOAD})
# Long enough for a length of 16 bits in the header.
LONG_PAYLOAD = {**PAYLOAD, "padding": "x" * 200}
LONG_FRAME = frame(TEXT, text({"type": "route_update", "payload": LONG_PAYLOAD}))
HEADER_BYTES = 8


def in_fragments(message: bytes, size: int) -> list[bytes]:
    """The frames of a message in fragments of so many bytes."""
    parts = [message[start : start + size] for start in range(0, len(message), size)]
    last = len(parts) - 1
    return [frame(CONTINUATION if n else TEXT, part, fin=n == last) for n, part in enumerate(parts)]


async def test_a_message_in_fragments_of_one_byte_is_taken_whole(server: Server) -> None:
    async with open_socket(server) as client:
        await client.write(*in_fragments(MESSAGE, 1))
        assert (await client.receive_from("raw"))["payload"] == PAYLOAD


async def test_a_message_in_fragments_sent_one_byte_a_segment_is_taken_whole(server: Server) -> None:
    stream = b"".join(in_fragments(MESSAGE, 30))
    async with open_socket(server) as client:
        await client.write(*(bytes((byte,)) for byte in stream))
        assert (await client.receive_from("raw"))["payload"] == PAYLOAD


async def test_empty_fragments_between_the_others_change_nothing(server: Server) -> None:
    half = len(MESSAGE) // 2
    empty = frame(CONTINUATION, fin=False)
    first, last = frame(TEXT, MESSAGE[:half], fin=False), frame(CONTINUATION, MESSAGE[half:], fin=False)
    async with open_socket(server) as client:
        await client.write(frame(TEXT, fin=False), empty, frame(CONTINUATION, MESSAGE, fin=False), frame(CONTINUATION))
        await client.write(first + empty + empty + last + frame(CONTINUATION))
        for _ in range(2):
            assert (await client.receive_from("raw"))["payload"] == PAYLOAD


@pytest.mark.parametrize("cut", range(1, HEADER_BYTES + 1))
async def test_a_header_split_over_two_reads_is_understood(server: Server, cut: int) -> None:
    async with open_socket(server) as client:
        await client.write(LONG_FRAME[:cut], LONG_FRAME[cut:])
        assert (await client.receive_from("raw"))["payload"] == LONG_PAYLOAD


async def test_three_frames_in_one_segment_are_three_messages_in_order(server: Server) -> None:
    async with open_socket(server) as client:
        messages = [{"type": "route_update", "payload": {"shipment_id": f"SH-{number}"}} for number in range(3)]
        await client.write(b"".join(frame(TEXT, text(message)) for message in messages))
        received = [await client.receive_from("raw") for _ in messages]
    assert [each["payload"] for each in received] == [each["payload"] for each in messages]


async def test_a_frame_and_a_half_in_one_segment_and_the_rest_in_the_next_are_two_messages(server: Server) -> None:
    async with open_socket(server) as client:
        await client.write(LONG_FRAME + LONG_FRAME[:100], LONG_FRAME[100:])
        for _ in range(2):
            assert (await client.receive_from("raw"))["payload"] == LONG_PAYLOAD


EMPTY = {
    "one frame": frame(TEXT),
    "fragments": frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) + frame(CONTINUATION),
}


@pytest.mark.parametrize("segment", EMPTY.values(), ids=EMPTY.keys())
async def test_an_empty_message_is_answered_and_the_socket_stays_open(server: Server, segment: bytes) -> None:
    async with open_socket(server) as client:
        await client.write(segment)
        refusal = await client.receive_message()
        assert (refusal["type"], refusal["payload"]["code"]) == ("error", "invalid_json")
        await client.send(TEXT, text(HEARTBEAT))
        assert (await client.receive_message())["type"] == "heartbeat"
