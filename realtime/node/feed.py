"""One endpoint's messages on their way to this process's sockets: in order, without a hole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence

from channels.layers import get_channel_layer

from realtime.log import read
from realtime.log.read import Entry, Head
from realtime.metrics.counted import GAP_REPAIRS
from realtime.node.database_thread import DatabaseThread
from realtime.node.early import Early
from realtime.node.editions import Edition
from realtime.node.frame_writer import Batch
from realtime.node.journeys import Journeys
from realtime.node.outbox import Outbox
from realtime.node.outgoing import count_batch
from realtime.node.recent import Recent
from realtime.protocol.formats import FORMATS

logger = logging.getLogger(__name__)

# The types of layer messages; what a client sends is never part of one.
STORED = "kitt.stored"
DELIVER = "kitt.deliver"

CHUNK = 200
"""Messages in one read of the log."""
RETRY_DELAY_S = 0.5
EARLY_S = 0.02
"""How long what is missing may still be on its way from another process.

Of three that stored 300 messages/s together, some came before those in front of them 14 times a second: by 0.6 to
0.9 ms in the median, 15 ms at most. Without a hold each read the log for that, 37 to 53 times a second in all.
"""


class Feed:
    """Takes what was stored, in whatever order and with whatever losses; hands on every message once, in order.

    A jump in the offsets is repaired from the log before anything later is handed on. A loss that no later message
    shows is found by `poll`, which compares the heads.
    """

    def __init__(
        self, endpoint: str, database: DatabaseThread, is_more_coming: Callable[[], bool] = lambda: False
    ) -> None:
        self.endpoint = endpoint
        self.database = database
        self.is_more_coming = is_more_coming
        self.processes = f"kitt.{endpoint}.processes"
        self.editions = {form: Edition(form, endpoint) for form in FORMATS}
        self.repairing: asyncio.Task[None] | None = None
        self.waiting: asyncio.TimerHandle | None = None
        self.start_at(Head("", 0))

    def start_at(self, head: Head) -> None:
        """Nothing of an earlier history goes out any more."""
        if self.repairing is not None:
            self.repairing.cancel()
            self.repairing = None
        self.epoch, self.head = head
        self.stored = self.written = self.head_at_last_poll = self.head
        self.has_hole = False
        self.early = Early()
        self.recent = Recent()
        for edition in self.editions.values():
            edition.clear()
        self.outbox = Outbox(self.write, self.is_more_coming)
        self.journeys = Journeys(self.endpoint)

    @property
    def position(self) -> Head:
        return Head(self.epoch, self.head)

    def take(self, entries: Sequence[Entry]) -> None:
        """What a process, this one or another, has stored: contiguous entries."""
        if self.repairing is None and entries[0].offset <= self.head + 1:
            self.hand_on([entry for entry in entries if entry.offset > self.head])
        else:
            self.early.add(entries)
            self.stored = max(self.stored, entries[-1].offset)
        self.wait()

    def wait(self) -> None:
        """For what is missing after the head, if it may still come; then the log is asked for it."""
        if self.head >= self.stored or self.repairing is not None or self.waiting is not None:
            return
        if get_channel_layer().hears_others:
            loop = asyncio.get_running_loop()
            self.waiting = loop.call_later(EARLY_S, self.has_waited_for, self.head + 1)
        else:
            self.repair(self.stored)

    def has_waited_for(self, offset: int) -> None:
        self.waiting = None
        if self.head < offset:
            self.repair(self.stored)
        else:
            self.wait()

    def poll(self, head: int) -> None:
        """Compare with the log's head.

        Only a feed that has stood still since the last poll is behind; in one that moves the rest is on its way.
        """
        if self.head < head and self.head == self.head_at_last_poll:
            self.repair(head)
        self.head_at_last_poll = self.head

    def repair(self, upto: int) -> None:
        """Hand on what is missing up to this offset, read from the log."""
        self.stored = max(self.stored, upto)
        if self.repairing is None and self.head < self.stored:
            GAP_REPAIRS.add((self.endpoint,))
            self.repairing = asyncio.ensure_future(self.read_missing())

    async def read_missing(self) -> None:
        """Where it was pruned before this process came to it, nothing can be handed on: the feed has a hole."""
        try:
            while self.head < self.stored and not self.has_hole:
                upto = self.stored
                logger.debug("reading %s %d..%d from the log", self.endpoint, self.head + 1, upto)
                async for chunk in self.history(self.head, upto):
                    # What came early and follows on the last chunk has gone out with that one.
                    self.hand_on([entry for entry in chunk if entry.offset > self.head])
                self.has_hole = self.head < upto
        except Exception as error:
            logger.warning("%s stays at %d for now: %s", self.endpoint, self.head, error)
            await asyncio.sleep(RETRY_DELAY_S)
        finally:
            # One that was cancelled may end after the next has begun.
            if self.repairing is asyncio.current_task():
                self.repairing = None

    def hand_on(self, entries: Sequence[Entry]) -> None:
        if entries:
            entries = [*entries, *self.early.after(entries[-1].offset)]
            self.head = entries[-1].offset
            self.recent.add(entries)
            self.outbox.add(entries)

    def write(self, entries: Sequence[Entry]) -> None:
        self.written = entries[-1].offset
        layer = get_channel_layer()
        for edition in self.editions.values():
            batch = Batch(entries, edition.text_of)
            sockets = layer.local_group_send(edition.group, {"type": DELIVER, "batch": batch})
            count_batch(self.endpoint, batch, sockets - batch.put_off)
        self.journeys.end(self.written)

    async def history(self, after: int, upto: int) -> AsyncIterator[list[Entry]]:
        """The messages with after < offset <= upto in chunks; it ends early where one of them was pruned."""
        while after < upto:
            chunk = self.recent.between(after, upto, CHUNK) or await self.read(after, upto)
            if not chunk or chunk[0].offset != after + 1:
                return
            yield chunk
            after = chunk[-1].offset
            # A thousand messages to one client must not keep the others waiting.
            await asyncio.sleep(0)

    async def read(self, after: int, upto: int) -> list[Entry]:
        return await self.database.run(lambda: read.entries(self.endpoint, after, upto, CHUNK))

    async def is_stored(self, offset: int) -> bool:
        """Whether the log has come so far: what another process has stored, this one may not have heard of yet."""
        heads = await self.database.run(read.heads)
        epoch, head = heads[self.endpoint]
        return epoch == self.epoch and head >= offset

    async def reaches_back_to(self, after: int) -> bool:
        """Whether every message later than `after` is still there."""
        return await self.oldest_after(after) == after

    async def oldest_after(self, after: int) -> int:
        """`after`, or the smallest greater offset from which on every message is still there."""
        if after >= self.head or self.recent.between(after, after + 1, 1):
            return after
        oldest = await self.database.run(lambda: read.oldest(self.endpoint))
        return max(after, oldest - 1) if oldest is not None else self.head
