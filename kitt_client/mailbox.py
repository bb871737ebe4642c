"""What waits for one subscriber, and where it stands. No I/O."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from kitt_client.errors import KittError
from kitt_client.frames import Message
from kitt_client.places import Place


@dataclass(frozen=True, slots=True)
class Gap:
    """Messages are lost to this subscriber: the server could not go on where it stood.

    It had all up to `missed_after` and gets all after `resumes_after`, which is an offset of `epoch`; `head` is the
    newest message there. Where `epoch` is not that of the messages before, the stream began anew, and the two offsets
    have nothing to do with each other. Load the state from its source, then go on.
    """

    endpoint: str
    missed_after: int
    resumes_after: int
    head: int
    epoch: str


class Mailbox:
    """A bounded queue of the messages that follow `place`, each offset once and in turn."""

    def __init__(self, place: Place, size: int) -> None:
        self.place = place
        self.size = size
        self.items: deque[Message | Gap] = deque()
        self.behind = False
        """Messages after `place` passed by: a connection has to bring them again."""
        self.settled = asyncio.Event()
        self.ready = asyncio.Event()
        self.ended = False
        self.error: KittError | None = None

    @property
    def full(self) -> bool:
        return len(self.items) >= self.size and not self.ended

    def expects(self, message: Message) -> bool:
        return not self.ended and self.place == Place(message.offset - 1, message.epoch)

    def put(self, message: Message) -> None:
        self.place = Place(message.offset, message.epoch)
        self._append(message)

    def stand(self, place: Place, gap: Gap | None, *, behind: bool) -> None:
        """Take the place that a welcome gave; `gap` where messages were lost on the way there."""
        self.place = place
        self.behind = behind
        self.settled.set()
        if gap is not None:
            self._append(gap)

    async def take(self) -> Message | Gap:
        """The next item. At the end raises its error, or StopAsyncIteration where there is none."""
        while not self.items:
            if self.ended:
                raise self.error or StopAsyncIteration
            self.ready.clear()
            await self.ready.wait()
        return self.items.popleft()

    def end(self, error: KittError | None = None) -> None:
        """No more will come; what is there can still be taken."""
        if not self.ended:
            self.ended, self.error = True, error
            self.settled.set()
            self.ready.set()

    def _append(self, item: Message | Gap) -> None:
        self.items.append(item)
        self.ready.set()
