"""The feeds of a process: what moves them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import groupby

from channels.layers import get_channel_layer

from realtime.asgi import Event
from realtime.log import read
from realtime.log.append import Stored
from realtime.log.epochs import begin_epoch
from realtime.log.read import Entry
from realtime.node.database_thread import DatabaseThread
from realtime.node.feed import STORED, Feed
from realtime.protocol.endpoints import ENDPOINTS

logger = logging.getLogger(__name__)

RETRY_DELAY_S = 0.5


class Feeds:
    """One feed an endpoint. `reset` is called with an endpoint whose stream began a new epoch."""

    def __init__(self, node_name: str, database: DatabaseThread, reset: Callable[[str], Awaitable[None]]) -> None:
        self.database = database
        self.reset = reset
        # A thousand clients that come back must not keep the lease and the connection table waiting.
        self.reader = DatabaseThread()
        self.by_endpoint = {name: Feed(name, node_name, self.reader) for name in ENDPOINTS}
        self.ready = asyncio.Event()

    async def poll(self) -> None:
        """Compare every feed with the log; the first time, begin where the log stands."""
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
                await feed.poll(head.offset)
        self.ready.set()

    async def broadcast(self, stored: list[Stored]) -> None:
        """Tell every process, this one included, what this process has stored."""
        layer = get_channel_layer()
        # Another process may have stored something in between, where a batch took more than one transaction.
        placed = enumerate(sorted(stored, key=lambda each: each.endpoint))
        for (endpoint, _), group in groupby(placed, key=lambda pair: (pair[1].endpoint, pair[1].offset - pair[0])):
            entries = [Entry(each.offset, each.text) for _, each in group]
            await layer.group_send(f"kitt.{endpoint}", {"type": STORED, "endpoint": endpoint, "entries": entries})

    async def listen(self) -> None:
        """Take what all processes have stored, until cancelled."""
        await self.ready.wait()
        layer = get_channel_layer()
        channel = await layer.new_channel()
        while True:
            try:
                for feed in self.by_endpoint.values():
                    await layer.group_add(feed.all_processes, channel)
                while True:
                    await self.take(await layer.receive(channel))
            except Exception:
                logger.exception("the channel layer failed; what it lost is read from the log")
                await asyncio.sleep(RETRY_DELAY_S)

    async def take(self, message: Event) -> None:
        # msgpack makes lists of tuples.
        entries = [Entry(*entry) for entry in message["entries"]]
        await self.by_endpoint[message["endpoint"]].take(entries)
