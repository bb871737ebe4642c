"""What is small on the wire and large in memory, or large and without end: refused, at a cost that is bounded."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.clients import ROUTE_UPDATE, TIMEOUT_S, connect
from tests.memory import resident_bytes
from tests.raw_frames import CLOSE, CONTINUATION, MASK, RSV1, TEXT, frame, header
from tests.raw_socket import open_socket
from tests.server.conftest import Start
from tests.servers import Server

MEBIBYTE = 1024 * 1024
INFLATED_BYTES = 256 * MEBIBYTE
GIBIBYTE = 1024 * MEBIBYTE
ROOM_BYTES = 24 * MEBIBYTE
# What the kernel keeps for both ends is some megabytes.
SENT_BYTES = 64 * MEBIBYTE
PIECE = b"\x00" * 65_536


def deflated(size: int) -> bytes:
    """So many spaces as a permessage-deflate message: RFC 7692 §7.2.1."""
    squeezer = zlib.compressobj(9, wbits=-15)
    data = b"".join(squeezer.compress(b" " * MEBIBYTE) for _ in range(size // MEBIBYTE))
    return (data + squeezer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


BOMB = frame(TEXT, deflated(INFLATED_BYTES), reserved=RSV1)
FRAGMENT = frame(CONTINUATION, PIECE, fin=False)
# What comes first, what comes again and again, and the close codes that say why; daphne may drop the line instead.
LARGE = {
    "a compressed bomb": (BOMB, b"", 1002),
    "a frame of 1 GiB that is announced": (header(TEXT, GIBIBYTE) + MASK, b"", 1009),
    "a frame of 1 GiB that is sent": (header(TEXT, GIBIBYTE) + MASK, PIECE, 1009),
    "fragments without end": (frame(TEXT, fin=False), FRAGMENT, 1009),
}


@asynccontextmanager
async def others_undisturbed(server: Server) -> AsyncIterator[None]:
    """Another client stays and is served, and the server's memory does not grow."""
    async with connect(server.ws_url, client_id="other") as other:
        before = resident_bytes(server)
        yield
        assert resident_bytes(server) - before < ROOM_BYTES
        assert (await other.ask(ROUTE_UPDATE))["sender"] == "other"
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "MemoryError" not in log


@pytest.mark.parametrize(("first", "repeated", "code"), LARGE.values(), ids=LARGE.keys())
async def test_it_ends_its_own_connection_with_its_code(start: Start, first: bytes, repeated: bytes, code: int) -> None:
    server = start()
    offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    async with others_undisturbed(server), open_socket(server, client_id="bomber", headers=offer) as client:
        with suppress(OSError):
            client.writer.write(first)
            for _ in range(SENT_BYTES // len(repeated) if repeated else 0):
                client.writer.write(repeated)
                await client.writer.drain()
        ends = [each.close_code for each in await client.until_end() if each.opcode == CLOSE]
        assert ends in ([code], [])


async def test_a_body_in_chunks_without_end_is_refused(start_kind: Start) -> None:
    server = start_kind("serve")
    async with others_undisturbed(server):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        async with asyncio.timeout(TIMEOUT_S):
            answer = asyncio.create_task(reader.readline())
            with suppress(OSError):
                while not answer.done():
                    writer.write(b"10000\r\n" + PIECE + b"\r\n")
                    await writer.drain()
            assert b" 413 " in await answer
        writer.close()
