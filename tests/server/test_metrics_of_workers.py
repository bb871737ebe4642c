"""Several processes on one port: whichever is asked tells the numbers of all."""

from __future__ import annotations

import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.clients import ROUTE_UPDATE, connect
from tests.metrics import Scrape, fallen, scrape
from tests.redis import Redis
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

CLIENTS, MESSAGES = 12, 30
KIND = {"endpoint": "freight", "type": "route_update"}


@pytest.fixture
def workers(start_kind: Start, shared_redis: Redis, tmp_path: Path) -> Server:
    return start_kind("workers", REDIS_URL=shared_redis.url, KITT_RATE_LIMIT="0", TMPDIR=str(tmp_path))


def processes(server: Server) -> float:
    return scrape(server).total("kitt_processes")


def folders(parent: Path) -> list[Path]:
    return [path for path in parent.glob("kitt-*") if path.is_dir()]


def numbers(parent: Path) -> list[str]:
    return [path.name for folder in folders(parent) for path in folder.glob("worker-*")]


async def publish_to_all(server: Server, stack: AsyncExitStack) -> None:
    clients = [
        await stack.enter_async_context(connect(server.ws_url, client_id=f"c{number}")) for number in range(CLIENTS)
    ]
    for number in range(MESSAGES):
        await clients[number % CLIENTS].send(ROUTE_UPDATE)
    for client in clients:
        for _ in range(MESSAGES):
            await client.receive_type("route_update")


async def test_any_worker_tells_the_sum_of_all(workers: Server) -> None:
    await until(lambda: processes(workers) == 3)
    async with AsyncExitStack() as stack:
        await publish_to_all(workers, stack)
        await until(lambda: scrape(workers).get("kitt_messages_out_total", **KIND) == CLIENTS * MESSAGES)
        for _ in range(10):
            found = scrape(workers)
            assert found.get("kitt_messages_in_total", **KIND) == MESSAGES
            assert found.get("kitt_messages_stored_total", **KIND) == MESSAGES
            assert found.get("kitt_connections", endpoint="freight") == CLIENTS
        # Each message is stored by one process, and the others hear of it; what came by the log is not counted.
        here, elsewhere = (
            found.get("kitt_delivery_seconds_count", endpoint="freight", origin=origin)
            for origin in ("here", "elsewhere")
        )
        assert here == MESSAGES
        assert 0 < elsewhere <= 2 * MESSAGES


async def test_a_worker_that_is_killed_takes_no_count_with_it_and_leaves_no_gauge(
    workers: Server, tmp_path: Path
) -> None:
    await until(lambda: processes(workers) == 3)
    async with AsyncExitStack() as stack:
        await publish_to_all(workers, stack)
        await until(lambda: scrape(workers).get("kitt_messages_out_total", **KIND) == CLIENTS * MESSAGES)
        await until(lambda: scrape(workers).get("kitt_connections", endpoint="freight") == CLIENTS)
        before = scrape(workers)
        for name in numbers(tmp_path)[:2]:
            os.kill(int(name.removeprefix("worker-")), signal.SIGKILL)
        seen: list[Scrape] = []

        def is_whole_again() -> bool:
            try:
                seen.append(scrape(workers))
            except OSError:
                # One that was killed may have taken this very connection.
                return False
            is_new = len(seen) > 1 and seen[-1].total("kitt_connections") < CLIENTS
            return is_new and seen[-1].total("kitt_processes") == 3

        await until(is_whole_again)
        for earlier, later in zip([before, *seen], seen, strict=False):
            assert fallen(earlier, later) == []
        last = seen[-1]
        assert last.get("kitt_messages_in_total", **KIND) == MESSAGES
        assert last.get("kitt_messages_out_total", **KIND) == CLIENTS * MESSAGES
        broken = last.get("kitt_disconnects_total", endpoint="freight", code="1006")
        assert broken + last.get("kitt_connections", endpoint="freight") == CLIENTS
        assert broken > 0


async def test_a_worker_is_replaced_although_what_it_counted_cannot_be_kept(workers: Server, tmp_path: Path) -> None:
    await until(lambda: len(numbers(tmp_path)) == 3)
    victim = int(numbers(tmp_path)[0].removeprefix("worker-"))
    (folder,) = folders(tmp_path)
    folder.rename(tmp_path / "elsewhere")
    os.kill(victim, signal.SIGKILL)
    await until(lambda: f"what worker {victim} counted is lost" in workers.log.read_text())
    await until(lambda: len(workers.rows("SELECT pid FROM realtime_node")) == 4)
    assert workers.stop() == 0


async def test_the_numbers_are_gone_with_the_parent(workers: Server, tmp_path: Path) -> None:
    await until(lambda: len(numbers(tmp_path)) == 3)
    assert workers.stop() == 0
    assert folders(tmp_path) == []
