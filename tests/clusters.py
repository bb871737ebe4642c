"""Three `serve` processes on one database and one Redis, as on machines of their own, with lines that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.proxy import Proxy
from tests.redis import Redis
from tests.servers import Server, running_apart

NODES = 3


@dataclass
class Cluster:
    """The last node has a line of its own to Redis, and its clients come over one of their own."""

    servers: list[Server]
    redis: Redis
    to_redis: Proxy
    to_last: Proxy

    @property
    def urls(self) -> list[str]:
        """For clients, of each node."""
        return [*(server.ws_url for server in self.servers[:-1]), f"ws://127.0.0.1:{self.to_last.port}"]

    @property
    def alive(self) -> list[Server]:
        return [server for server in self.servers if server.process.poll() is None]


@asynccontextmanager
async def running_cluster(folder: Path, redis: Redis, database_url: str, **settings: str) -> AsyncIterator[Cluster]:
    """`database_url` is that of a migrated database."""
    async with AsyncExitStack() as stack:
        to_redis = await stack.enter_async_context(Proxy(redis.port))
        redis_urls = [redis.url] * (NODES - 1) + [f"redis://127.0.0.1:{to_redis.port}/0"]
        usual = {"DATABASE_URL": database_url, "KITT_RATE_LIMIT": "0", "KITT_MAX_REPLAY": "100000", **settings}
        # In a thread: the proxy must go on while they start and stop.
        starting = running_apart(folder, [{**usual, "REDIS_URL": url} for url in redis_urls])
        servers = await asyncio.to_thread(starting.__enter__)
        stack.push_async_callback(asyncio.to_thread, starting.__exit__, None, None, None)
        to_last = await stack.enter_async_context(Proxy(servers[-1].port))
        yield Cluster(servers, redis, to_redis, to_last)
