"""No extension is spoken: one frame serves every socket, whatever its client would like."""

from __future__ import annotations

import zlib

import pytest

from tests.clients import HEARTBEAT
from tests.raw_frames import CLOSE, RSV1, TEXT, frame, text
from tests.raw_socket import open_socket
from tests.servers import Server

OFFERS = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits; server_no_context_takeover",
    "x-webkit-deflate",
]


@pytest.mark.parametrize("offer", OFFERS)
async def test_an_extension_that_is_offered_is_not_negotiated(server: Server, offer: str) -> None:
    async with open_socket(server, headers=f"Sec-WebSocket-Extensions: {offer}\r\n") as client:
        assert "sec-websocket-extensions" not in client.response.lower()
        await client.send(TEXT, text(HEARTBEAT))
        assert (await client.receive_message())["type"] == "heartbeat"


async def test_a_compressed_frame_ends_the_connection_although_compression_was_offered(server: Server) -> None:
    squeezer = zlib.compressobj(wbits=-15)
    data = squeezer.compress(text(HEARTBEAT)) + squeezer.flush(zlib.Z_SYNC_FLUSH)
    async with open_socket(server, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n") as client:
        await client.write(frame(TEXT, data.removesuffix(b"\x00\x00\xff\xff"), reserved=RSV1))
        # uvicorn says why, daphne drops the connection: §7.1.7 allows both.
        assert [(end.opcode, end.close_code) for end in await client.until_end()] in ([(CLOSE, 1002)], [])
