"""PostgreSQL goes away and comes back, under traffic."""

from __future__ import annotations

import asyncio

from tests.faults import Life, life
from tests.postgres import Postgres
from tests.proxy import Proxy
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

AWAY_S = 3
# Short, so that a short outage is noticed in every way that a long one is.
SETTINGS = {"KITT_RATE_LIMIT": "0", "KITT_DATABASE_TIMEOUT": "1", "KITT_LEASE_INTERVAL": "1"}


async def live_through(here: Life, seconds: float) -> None:
    """Senders are told to try again, and readers find KITT alive as ever."""
    async with asyncio.timeout(15):
        while not here.errors:
            await here.beat()
    await asyncio.sleep(seconds)
    await here.beat()
    assert {(error["code"], error["retryable"]) for error in here.errors} == {("upstream_unavailable", True)}


async def table_is_right(servers: list[Server], here: Life) -> None:
    """Everybody is in the table, and everything works."""
    count = len(here.senders) + len(here.readers)
    await until(lambda: all(server.get("/stats").get("total_connections") == count for server in servers))
    await until(lambda: all(server.get("/health")["status"] == "healthy" for server in servers))


async def test_while_postgresql_restarts_nobody_is_disconnected_and_nothing_is_lost(
    start_kind: Start, own_postgres: Postgres
) -> None:
    servers = [start_kind("serve", DATABASE_URL=own_postgres.url, **SETTINGS) for _ in range(2)]
    async with life(servers) as here:
        await asyncio.to_thread(own_postgres.restart)
        await here.flow()
        await asyncio.to_thread(own_postgres.stop)
        await live_through(here, AWAY_S)
        await asyncio.to_thread(own_postgres.start)
        await here.flow()
        await table_is_right(servers, here)
    check_log(own_postgres, here)


async def test_while_postgresql_stands_still_senders_are_told_and_readers_stay(
    start_kind: Start, own_postgres: Postgres
) -> None:
    servers = [start_kind("serve", DATABASE_URL=own_postgres.url, **SETTINGS) for _ in range(2)]
    async with life(servers) as here:
        own_postgres.pause()
        try:
            await live_through(here, AWAY_S)
            health = await asyncio.to_thread(servers[0].get, "/health")
        finally:
            own_postgres.resume()
        assert (health["status"], health["database"]["status"]) == ("unhealthy", "unhealthy")
        await here.flow()
        await table_is_right(servers, here)
    check_log(own_postgres, here)


async def test_a_node_that_is_cut_off_from_postgresql_harms_only_its_own_senders(
    start_kind: Start, own_postgres: Postgres
) -> None:
    async with Proxy(own_postgres.port) as proxy:
        cut_off = await asyncio.to_thread(
            start_kind, "serve", DATABASE_URL=own_postgres.url_through(proxy.port), **SETTINGS
        )
        other = await asyncio.to_thread(start_kind, "serve", DATABASE_URL=own_postgres.url, **SETTINGS)
        async with life([cut_off, other]) as here:
            proxy.partition()
            await live_through(here, AWAY_S)
            stored = len(here.senders[1].told)
            await until(lambda: len(here.senders[1].told) > stored + 10)
            proxy.heal()
            stored = len(here.senders[0].told)
            await until(lambda: len(here.senders[0].told) > stored + 10)
            await table_is_right([cut_off, other], here)
        check_log(own_postgres, here)


def check_log(postgres: Postgres, here: Life) -> None:
    """Every message once, without a hole, at the offset that its sender was told."""
    rows = postgres.rows('SELECT "offset", message_id FROM realtime_message ORDER BY "offset"')
    assert [offset for offset, _ in rows] == list(range(1, len(rows) + 1))
    assert len({message_id for _, message_id in rows}) == len(rows)
    told = {offset: message_id for sender in here.senders for message_id, offset in sender.told.items()}
    assert told == {offset: message_id for offset, message_id in rows if offset in told}
