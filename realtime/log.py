"""The order of messages: one stream an endpoint, kept in the memory of this process."""

from __future__ import annotations

import secrets

from realtime.protocol.endpoints import ENDPOINTS


class Stream:
    """Offsets 1, 2, 3 … of one endpoint. A new epoch means that offsets of an older one say nothing here."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(8)
        self.head = 0

    def append(self) -> int:
        """The offset of the next message."""
        self.head += 1
        return self.head

    def recovers(self, since: int | None, epoch: str | None) -> bool:
        """Whether a client that saw `since` of `epoch` last has missed nothing."""
        return since == self.head and epoch == self.epoch


STREAMS = {name: Stream() for name in ENDPOINTS}
