"""Redis, or a node, taken away from three nodes at work; what must hold then, and how long it took.

tests/server/test_outages.py has the short runs. With figures: python -m tests.outages [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import crashes
from tests.clusters import NODES, Cluster, running_cluster
from tests.crashes import PUBLISHERS, SUBSCRIBERS, Account, Times
from tests.postgres import create_database, running_postgres
from tests.proxy import BACK, THERE
from tests.redis import running_redis
from tests.servers import Server, migrate_url
from tests.waiting import until

PAUSE_S = 0.05
"""Of each publisher between two messages."""
WARM_UP_S = 1.0
TABLE_TIMEOUT_S = 30
MAX_GROWTH_KB = 32 * 1024
QUICK_S = 0.1
NAMES = [f"subscriber-{n}" for n in range(SUBSCRIBERS)] + [f"publisher-{n}" for n in range(PUBLISHERS)]
OF_LAST_NODE = [name for name in NAMES if int(name.rpartition("-")[2]) % NODES == NODES - 1]

Outage = Callable[[Cluster, float], Awaitable[None]]


async def redis_killed(cluster: Cluster, seconds: float) -> None:
    """It comes back empty."""
    await asyncio.to_thread(cluster.redis.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(cluster.redis.start)
    await works_again(cluster.servers)


async def redis_restarted(cluster: Cluster, seconds: float) -> None:
    """At once, and empty."""
    await redis_killed(cluster, 0)


async def redis_paused(cluster: Cluster, seconds: float) -> None:
    cluster.redis.pause()
    await asyncio.sleep(seconds)
    cluster.redis.resume()
    await works_again(cluster.servers)


async def redis_unreachable_for_one(cluster: Cluster, seconds: float, *directions: str) -> None:
    cluster.to_redis.partition(*directions)
    await asyncio.sleep(seconds)
    cluster.to_redis.heal()
    await works_again(cluster.servers[-1:])


async def redis_hears_one_no_more(cluster: Cluster, seconds: float) -> None:
    await redis_unreachable_for_one(cluster, seconds, THERE)


async def one_hears_redis_no_more(cluster: Cluster, seconds: float) -> None:
    await redis_unreachable_for_one(cluster, seconds, BACK)


async def line_to_redis_dead(cluster: Cluster, seconds: float) -> None:
    """As after a router forgot it: open, silent, and a new one would work."""
    cluster.to_redis.freeze()
    await works_again(cluster.servers[-1:])


async def node_killed(cluster: Cluster, seconds: float) -> None:
    """Its clients find the first node where it was."""
    cluster.to_last.target = cluster.servers[0].port
    await asyncio.to_thread(cluster.servers[-1].kill)


OUTAGES: tuple[Outage, ...] = (
    redis_killed,
    redis_restarted,
    redis_paused,
    redis_unreachable_for_one,
    redis_hears_one_no_more,
    one_hears_redis_no_more,
    line_to_redis_dead,
    node_killed,
)


async def works_again(servers: list[Server]) -> None:
    """Returns when each has lost Redis, and found it again."""
    for server in servers:
        await until(lambda server=server: times_said(server, "fails:") >= 1)
        await until(lambda server=server: times_said(server, "works again") == times_said(server, "fails:"))


def times_said(server: Server, what: str) -> int:
    return server.log.read_text().count(f"the upstream layer {what}")


@dataclass
class Outcome:
    """Times of time.monotonic() and seconds; memory in KB."""

    account: Account = field(default_factory=Account)
    began: float = 0
    ended: float = 0
    table_right_after: float = 0
    rows_closed_after: float = 0
    growth: list[int] = field(default_factory=list)


async def endure(cluster: Cluster, outage: Outage, seconds: float) -> Outcome:
    """Raises AssertionError where a promise is broken."""
    outcome = Outcome()
    async with crashes.traffic(cluster.urls, outcome.account, PAUSE_S) as settle:
        await asyncio.sleep(WARM_UP_S)
        memory = [resident_kb(server, "VmRSS") for server in cluster.servers]
        outcome.began = time.monotonic()
        await outage(cluster, seconds)
        outcome.ended = time.monotonic()
        await table_is_right(cluster.alive)
        outcome.table_right_after = time.monotonic() - outcome.began
        await rows_are_closed(cluster.alive)
        outcome.rows_closed_after = time.monotonic() - outcome.began
        await asyncio.sleep(WARM_UP_S)
        await settle()
        peaks = [resident_kb(server, "VmHWM") for server in cluster.alive]
        outcome.growth = [peak - before for peak, before in zip(peaks, memory, strict=False)]
    crashes.check(outcome.account, cluster.servers[0])
    assert max(outcome.growth) < MAX_GROWTH_KB, outcome.growth
    rows = cluster.servers[0].rows("SELECT client_id FROM realtime_connection")
    came_back = sorted((Counter(name for (name,) in rows) - Counter(NAMES)).elements())
    assert came_back == (sorted(OF_LAST_NODE) if outage is node_killed else []), "who was disconnected"
    return outcome


async def table_is_right(servers: list[Server]) -> None:
    """Every node shows each client, once."""
    for server in servers:
        await until(lambda server=server: server.connected() == sorted(NAMES), TABLE_TIMEOUT_S)


async def rows_are_closed(servers: list[Server]) -> None:
    """But for those of the clients, without anybody's help."""
    opened = "SELECT client_id FROM realtime_connection WHERE closed_at IS NULL"
    await until(lambda: sorted(name for (name,) in servers[0].rows(opened)) == sorted(NAMES), TABLE_TIMEOUT_S)


def resident_kb(server: Server, which: str) -> int:
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which))


def percentiles(times: Times, began: float, ended: float) -> str:
    """Of what was sent in between, in ms."""
    found = sorted(delay * 1000 for sent, delay in times if began <= sent < ended)
    if not found:
        return "none"
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    return f"p50 {p50:.0f} p99 {p99:.0f} max {found[-1]:.0f} ms (of {len(found)})"


def report(name: str, outcome: Outcome) -> None:
    account, began, ended = outcome.account, outcome.began, outcome.ended
    slow = max((sent for sent, delay in account.deliveries if delay > QUICK_S), default=began)
    print(
        f"{name}: {account.head} messages to {SUBSCRIBERS} subscribers, all accounted for; fault {ended - began:.1f} s",
        *(
            f"  {what} before: {percentiles(times, 0, began)}; during: {percentiles(times, began, ended)};"
            f" after: {percentiles(times, ended, ended + 60)}"
            for what, times in (("answers", account.answers), ("deliveries", account.deliveries))
        ),
        f"  last message above {QUICK_S * 1000:.0f} ms was sent {slow - began:.1f} s after the fault began;"
        f" table right after {outcome.table_right_after:.1f} s, rows after {outcome.rows_closed_after:.1f} s",
        f"  peak memory grew by {outcome.growth} KB",
        sep="\n",
        flush=True,
    )


@contextmanager
def databases(folder: Path) -> Iterator[Callable[[str], str]]:
    """Gives the URL of a new, migrated database on PostgreSQL."""
    with running_postgres(folder, folder / "postgres.log") as postgres:
        migrate_url(create_database(postgres.url, "template_of_kitt"))
        yield lambda name: create_database(postgres.url, name, "template_of_kitt")


async def measure(outage: Outage, seconds: float, database_url: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_redis(folder) as redis:
            async with running_cluster(folder, redis, database_url) as cluster:
                report(outage.__name__, await endure(cluster, outage, seconds))


def main() -> int:
    parser = argparse.ArgumentParser(description="Outages of Redis and of a node, on PostgreSQL, with figures.")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("outages", nargs="*", help=", ".join(outage.__name__ for outage in OUTAGES))
    arguments = parser.parse_args()
    logging.getLogger("kitt_client").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as new_database:
        for outage in OUTAGES:
            if outage.__name__ in (arguments.outages or [outage.__name__]):
                asyncio.run(measure(outage, arguments.seconds, new_database(outage.__name__)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
