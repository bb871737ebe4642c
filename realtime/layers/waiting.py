"""What waits on a channel for somebody to receive it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

LayerMessage = dict[str, Any]


class Waiting(asyncio.Queue[tuple[float, LayerMessage]]):
    """At most `maxsize` messages, each for so many seconds."""

    def __init__(self, maxsize: int, expiry: float) -> None:
        super().__init__(maxsize)
        self.expiry = expiry
        self.readers = 0

    def offer(self, message: LayerMessage) -> None:
        """Raises asyncio.QueueFull."""
        if self.full():
            self.drop_expired()
        self.put_nowait((time.monotonic() + self.expiry, message))

    async def next(self) -> LayerMessage:
        """The oldest message that has not expired."""
        self.readers += 1
        try:
            while True:
                expires, message = await self.get()
                if expires >= time.monotonic():
                    return message
        finally:
            self.readers -= 1

    def drop_expired(self) -> None:
        now = time.monotonic()
        # asyncio.Queue keeps its items in `_queue`, for subclasses to use.
        while self._queue and self._queue[0][0] < now:  # type: ignore[attr-defined]
            self.get_nowait()

    @property
    def is_idle(self) -> bool:
        """Nobody is there for it and nothing is in it."""
        return self.empty() and not self.readers
