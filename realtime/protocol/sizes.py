"""How large a frame may be, in bytes of UTF-8."""

from __future__ import annotations

from typing import NamedTuple

from realtime.protocol.errors import ProtocolError

LARGE_TYPE = "packing_result"


class SizeLimits(NamedTuple):
    """The limit of most types, and that of packing_result (1,169 boxes at 150 bytes are 175 KB)."""

    usual: int
    packing_result: int

    def of(self, message_type: str) -> int:
        return self.packing_result if message_type == LARGE_TYPE else self.usual

    def largest_of(self, message_types: tuple[str, ...]) -> int:
        return max(self.of(message_type) for message_type in message_types)


def utf8_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def require_size(size: int, limit: int) -> None:
    if size > limit:
        raise ProtocolError("too_large", f"The message has {size} bytes; {limit} are allowed.")
