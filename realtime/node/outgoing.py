"""Counts what is handed to sockets: once for a batch, not once for a socket."""

from __future__ import annotations

from realtime.metrics.counted import BYTES_OUT, MESSAGES_OUT
from realtime.node.frame_writer import Batch
from realtime.protocol.frames import type_of
from realtime.protocol.sizes import utf8_size


def count_batch(endpoint: str, batch: Batch, sockets: int) -> None:
    """To so many sockets that took it at once; the others are sent it frame by frame."""
    if not sockets:
        return
    size = 0
    for entry in batch.entries:
        MESSAGES_OUT.add((endpoint, type_of(entry.text)), sockets)
        size += utf8_size(batch.text_of(entry))
    BYTES_OUT.add((endpoint,), size * sockets)


def count_frame(endpoint: str, text: str, encoded: str) -> None:
    """`encoded` is what goes out, in the format that the socket chose."""
    MESSAGES_OUT.add((endpoint, type_of(text)))
    BYTES_OUT.add((endpoint,), utf8_size(encoded))
