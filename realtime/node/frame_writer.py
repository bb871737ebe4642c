"""A batch of messages as the bytes that go to every socket, made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from realtime.log.read import Entry

# The key in a scope's extensions of a function that writes whole frames, for servers that have one.
WRITE_FRAMES = "kitt.write_frames"

WriteFrames = Callable[[bytes], bool]

FINAL_TEXT = b"\x81"


class Batch:
    """Contiguous entries of a stream, on their way to the sockets of this process that get this text of each."""

    def __init__(self, entries: Sequence[Entry], text_of: Callable[[Entry], str]) -> None:
        self.entries = entries
        self.text_of = text_of
        self.first = entries[0].offset
        self.last = entries[-1].offset
        # How many sockets did not write it at once: those that did are not counted one by one, it took 60 ns for each.
        self.put_off = 0

    @cached_property
    def frames(self) -> bytes:
        return b"".join(text_frame(self.text_of(entry).encode()) for entry in self.entries)


def text_frame(data: bytes) -> bytes:
    """An unfragmented, unmasked text frame: RFC 6455 §5.2."""
    size = len(data)
    if size < 126:
        return FINAL_TEXT + bytes((size,)) + data
    if size < 65536:
        return FINAL_TEXT + b"\x7e" + size.to_bytes(2, "big") + data
    return FINAL_TEXT + b"\x7f" + size.to_bytes(8, "big") + data
