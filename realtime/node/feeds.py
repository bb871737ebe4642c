"""The feeds of a process: what moves them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import groupby

from channels.layers import get_channel_layer

from realtime.asgi import Event
from realtime.log import read
from realtime.log.append import Stored
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
        self.by_endpoint = {name: Feed(name, node_name, database) for name in ENDPOINTS}
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
                feed.start_at(head)
                await self.reset(name)
            else:
                await feed.poll(head.offset)
        self.ready.set()

    async def broadcast(self, stored: list[Stored]) -> None:
        """Tell every process, this one included, what this process has stored."""
        layer = get_channel_layer()
        for endpoint, group in groupby(stored, key=lambda each: each.endpoint):
            entries = [Entry(each.offset, each.text) for each in group]
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
