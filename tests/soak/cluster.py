"""What the soak breaks: three servers on one PostgreSQL and one Redis, each with a line of its own to Redis."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres, running_postgres
from tests.proxy import Proxy
from tests.redis import Redis, running_redis
from tests.servers import Server, free_port, migrate_url

NODES = 3


@dataclass(eq=False)
class Node:
    """One life of a server process. `ending` is why it is ended, as soon as it is."""

    server: Server
    name: str
    ending: str = ""


class Cluster:
    """`lines` lead from each node to Redis."""

    def __init__(self, folder: Path, redis: Redis, postgres: Postgres, lines: list[Proxy]) -> None:
        self.folder = folder
        self.redis = redis
        self.postgres = postgres
        self.lines = lines
        self.ports = [free_port() for _ in lines]
        self.lives: Counter[int] = Counter()
        self.by_number: dict[int, Node] = {}

    @property
    def nodes(self) -> list[Node]:
        return [self.by_number[number] for number in sorted(self.by_number)]

    async def start(self, number: int) -> Node:
        """In the place of the one that had this number; returns when it answers."""
        settings = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"redis://127.0.0.1:{self.lines[number].port}/0",
            # As in production: under DEBUG Django keeps the newest statements of each database connection.
            "DEBUG": "false",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "KITT_AUTH": "open",
            "KITT_ALLOW_OPEN": "true",
            "LOG_FILE": str(self.folder / f"kitt-{number}.log"),
        }
        server = Server("serve", self.folder, self.folder / "unused", settings, self.ports[number])
        await asyncio.to_thread(server.wait_until_it_answers)
        self.lives[number] += 1
        self.by_number[number] = Node(server, f"node {number + 1}, life {self.lives[number]}")
        return self.by_number[number]

    def any_node(self) -> Node:
        """One that is not being ended, as a load balancer would choose."""
        return random.choice([node for node in self.nodes if not node.ending])

    def stop(self) -> None:
        for node in self.nodes:
            node.server.stop()


@asynccontextmanager
async def running_cluster(folder: Path) -> AsyncIterator[Cluster]:
    async with AsyncExitStack() as stack:
        (folder / "postgres").mkdir()
        postgres = stack.enter_context(running_postgres(folder / "postgres", folder / "postgres.log"))
        redis = stack.enter_context(running_redis(folder))
        lines = [await stack.enter_async_context(Proxy(redis.port)) for _ in range(NODES)]
        cluster = Cluster(folder, redis, postgres, lines)
        stack.callback(cluster.stop)
        await asyncio.to_thread(migrate_url, postgres.url)
        await asyncio.gather(*(cluster.start(number) for number in range(NODES)))
        yield cluster
