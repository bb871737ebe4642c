"""Redis goes away and comes back, under traffic."""

from __future__ import annotations

import asyncio

from tests.clients import ROUTE_UPDATE
from tests.redis import Redis
from tests.server.conftest import Start
from tests.server.test_workers import CLIENTS, connected, offsets


async def test_while_redis_is_away_or_hangs_every_client_still_gets_every_message_in_order(
    start_kind: Start, own_redis: Redis
) -> None:
    workers = start_kind("workers", REDIS_URL=own_redis.url, KITT_RATE_LIMIT="0")
    async with connected(workers) as clients:
        head = 0
        for change in (lambda: None, own_redis.pause, own_redis.resume, own_redis.kill, own_redis.start):
            await asyncio.to_thread(change)
            for number in range(CLIENTS):
                await clients[number].send(ROUTE_UPDATE)
            expected = list(range(head + 1, head + 1 + CLIENTS))
            assert await asyncio.gather(*(offsets(client, CLIENTS) for client in clients)) == [expected] * CLIENTS
            head += CLIENTS
