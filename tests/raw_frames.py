"""WebSocket frames as bytes: a client's, right or wrong; a server's, only as RFC 6455 §5 allows them."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any, NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
RSV1, RSV2, RSV3 = 0x40, 0x20, 0x10
MASK = b"\x37\xfa\x21\x3d"


class Frame(NamedTuple):
    """One frame of a server."""

    opcode: int
    data: bytes

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data)
        return found

    @property
    def close_code(self) -> int | None:
        """None where the body is empty."""
        return int.from_bytes(self.data[:2], "big") if self.data else None


def text(message: dict[str, Any]) -> bytes:
    """As UTF-8, not as ASCII with escapes, and without blanks."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """One frame of a client."""
    head = header(opcode, len(data), fin=fin, reserved=reserved, masked=masked)
    return head + MASK + mask(data) if masked else head + data


def header(opcode: int, size: int, *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """What stands before the masking key."""
    first, bit = fin << 7 | reserved | opcode, masked << 7
    if size < 126:
        return bytes((first, bit | size))
    if size <= 0xFFFF:
        return struct.pack("!BBH", first, bit | 126, size)
    return struct.pack("!BBQ", first, bit | 127, size)


def mask(data: bytes) -> bytes:
    repeated = (MASK * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(data), "big")


def closing(code: int, reason: bytes = b"") -> bytes:
    """The body of a close frame."""
    return code.to_bytes(2, "big") + reason


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """None at the end of the stream, which must not be in the middle of a frame."""
    first = await reader.read(1)
    if not first:
        return None
    opcode = first[0] & 0x0F
    assert first[0] & 0xF0 == 0x80, "a fragment, or reserved bits"
    assert opcode in (TEXT, CLOSE, PING, PONG)
    data = await reader.readexactly(await read_size(reader))
    if opcode == TEXT:
        data.decode()
    else:
        assert len(data) < 126, "a control frame that is too long"
    if opcode == CLOSE:
        assert len(data) != 1, "half a close code"
        data[2:].decode()
    return Frame(opcode, data)


async def read_size(reader: asyncio.StreamReader) -> int:
    size = (await reader.readexactly(1))[0]
    assert size < 0x80, "masked"
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2), "big")
        assert size > 125, "not the shortest form"
    elif size == 127:
        size = int.from_bytes(await reader.readexactly(8), "big")
        assert size > 0xFFFF, "not the shortest form"
    return size
