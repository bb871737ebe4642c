"""The feeds of a process: what moves them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import groupby

from channels.layers import get_channel_layer

from realtime.asgi import Event
from realtime.log import read
from realtime.log.append import Stored
from realtime.log.epochs import begin_epoch
from realtime.log.read import Entry
from realtime.log.writer import log_writer
from realtime.metrics.counted import ELSEWHERE, HERE
from realtime.node.database_thread import DatabaseThread
from realtime.node.feed import STORED, Feed
from realtime.protocol.endpoints import ENDPOINTS

logger = logging.getLogger(__name__)

MAX_UNTOLD = 1000
"""Commits that wait for the layer. What it does not get to in time, every process reads from the log."""


class Feeds:
    """One feed an endpoint. `reset` is called with an endpoint whose stream began a new epoch."""

    def __init__(self, database: DatabaseThread, reset: Callable[[str], Awaitable[None]]) -> None:
        self.database = database
        self.reset = reset
        # A thousand clients that come back must not keep the lease and the connection table waiting.
        self.reader = DatabaseThread()
        self.by_endpoint = {name: Feed(name, self.reader, log_writer.is_busy) for name in ENDPOINTS}
        self.joined = False
        self.ready = asyncio.Event()
        self.untold: asyncio.Queue[tuple[str, list[Entry], float]] = asyncio.Queue(MAX_UNTOLD)

    async def poll(self) -> None:
        """Compare every feed with the log; the first time, begin where the log stands."""
        # Once, also where the log cannot be read then: who joins twice takes everything twice.
        if not self.joined:
            await self.join()
            self.joined = True
        # A feed may move on while the log is read: only what it had before can show that the log has gone back.
        before = {name: feed.head for name, feed in self.by_endpoint.items()}
        heads = await self.database.run(read.heads)
        for name, feed in self.by_endpoint.items():
            head = heads[name]
            if not self.ready.is_set():
                feed.start_at(head)
            elif head.epoch != feed.epoch or head.offset < before[name] or feed.has_hole:
                logger.warning("stream %s began anew, or lost what was not sent yet", name)
                if head.epoch == feed.epoch and head.offset < before[name]:
                    # From a backup it comes back under the same name, with other messages at offsets that were seen.
                    head = await self.database.run(partial(begin_epoch, name, feed.epoch))
                feed.start_at(head)
                await self.reset(name)
            else:
                feed.poll(head.offset)
        self.ready.set()

    def take_stored(self, stored: list[Stored], stored_at: float) -> None:
        """What this process has stored goes to its own sockets first, and then to the other processes."""
        if not self.ready.is_set():
            return
        crosses_processes = get_channel_layer().crosses_processes
        # Another process may have stored something in between, where a batch took more than one transaction.
        placed = enumerate(sorted(stored, key=lambda each: each.endpoint))
        for (endpoint, _), group in groupby(placed, key=lambda pair: (pair[1].endpoint, pair[1].offset - pair[0])):
            entries = [Entry(each.offset, each.text) for _, each in group]
            feed = self.by_endpoint[endpoint]
            feed.journeys.begin(entries, stored_at, HERE)
            feed.take(entries)
            if crosses_processes:
                self.tell(endpoint, entries, stored_at)

    def tell(self, endpoint: str, entries: list[Entry], stored_at: float) -> None:
        with suppress(asyncio.QueueFull):
            self.untold.put_nowait((endpoint, entries, stored_at))

    async def tell_others(self) -> None:
        """One commit's messages of a stream. Should the layer fail, every process finds them in the log."""
        endpoint, entries, stored_at = await self.untold.get()
        message = {"type": STORED, "endpoint": endpoint, "entries": entries, "stored_at": stored_at}
        await get_channel_layer().remote_group_send(self.by_endpoint[endpoint].processes, message)

    async def join(self) -> None:
        """Take what the other processes have stored."""
        layer = get_channel_layer()
        channel = await layer.new_channel()
        layer.attach(channel, self.take)
        for feed in self.by_endpoint.values():
            await layer.group_add(feed.processes, channel)

    def take(self, message: Event) -> None:
        if not self.ready.is_set():
            return
        # msgpack makes lists of tuples.
        entries = [Entry(*entry) for entry in message["entries"]]
        feed = self.by_endpoint[message["endpoint"]]
        # Processes of 0.2 do not say when.
        if "stored_at" in message:
            feed.journeys.begin(entries, message["stored_at"], ELSEWHERE)
        feed.take(entries)
