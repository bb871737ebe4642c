"""Redis goes away from three nodes under traffic, or a node from the others, and every promise is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import ROUTE_UPDATE, connect
from tests.clusters import running_cluster
from tests.outages import OUTAGES, Outage, endure
from tests.redis import Redis

SECONDS = 3.0
# A node that is killed leaves the table with its lease; nothing else here waits for these.
QUICK = {"KITT_LEASE_TIMEOUT": "3", "KITT_LEASE_INTERVAL": "0.5", "KITT_SWEEP_INTERVAL": "1"}


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.__name__)
async def test_nobody_misses_a_message_and_nobody_is_disconnected_without_need(
    tmp_path: Path, own_redis: Redis, own_postgres_url: str, outage: Outage
) -> None:
    async with running_cluster(tmp_path, own_redis, own_postgres_url, **QUICK) as cluster:
        await endure(cluster, outage, SECONDS)


async def test_a_node_that_hears_nothing_and_stores_nothing_delivers_what_it_finds_in_the_log(
    tmp_path: Path, own_redis: Redis, own_postgres_url: str
) -> None:
    async with (
        running_cluster(tmp_path, own_redis, own_postgres_url) as cluster,
        connect(cluster.urls[0]) as sender,
        connect(cluster.urls[-1]) as reader,
    ):
        cluster.to_redis.partition()
        for _ in range(3):
            sent = await sender.ask(ROUTE_UPDATE)
            assert await reader.receive() == sent
