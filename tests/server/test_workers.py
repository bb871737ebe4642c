"""Several processes on one port, with a real Redis between them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.clients import ROUTE_UPDATE, Client, connect
from tests.redis import Redis
from tests.server.conftest import Start
from tests.servers import ROOT, Server
from tests.waiting import until

CLIENTS = 12


@pytest.fixture
def workers(start_kind: Start, shared_redis: Redis) -> Server:
    return start_kind("workers", REDIS_URL=shared_redis.url, KITT_RATE_LIMIT="0")


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[list[Client]]:
    """Clients that are spread over the processes: the kernel gives each connection to one that is free."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(connect(server.ws_url, client_id=f"c{number}")) for number in range(CLIENTS)
        ]


def pids(server: Server) -> set[int]:
    """Of the processes that hold sockets."""
    rows = server.rows("select n.pid from realtime_node n where n.stopped_at is null")
    return {pid for (pid,) in rows}


async def offsets(client: Client, count: int) -> list[int]:
    return [(await client.receive_type("route_update"))["offset"] for _ in range(count)]


async def test_every_client_gets_every_message_in_order_whichever_process_it_is_on(workers: Server) -> None:
    await until(lambda: len(pids(workers)) == 3)
    async with connected(workers) as clients:
        for number in range(30):
            await clients[number % CLIENTS].send(ROUTE_UPDATE)
        assert await asyncio.gather(*(offsets(client, 30) for client in clients)) == [list(range(1, 31))] * CLIENTS


async def test_a_worker_that_is_killed_is_replaced_and_nobody_misses_a_message(workers: Server) -> None:
    await until(lambda: len(pids(workers)) == 3)
    victim = next(iter(pids(workers)))
    async with connected(workers) as clients:
        await clients[0].send(ROUTE_UPDATE)
        await asyncio.gather(*(offsets(client, 1) for client in clients))
        os.kill(victim, signal.SIGKILL)
        # The node of the dead process stays in the table until its lease runs out.
        await until(lambda: len(pids(workers)) == 4)
        async with connect(workers.ws_url, query="client_id=late&since=0") as late:
            await late.send(ROUTE_UPDATE)
            assert await offsets(late, 2) == [1, 2]
        alive = [client for client in clients if client.socket.close_code is None]
        assert await asyncio.gather(*(offsets(client, 1) for client in alive)) == [[2]] * len(alive)


async def test_sigterm_sends_every_client_away_and_leaves_no_process(workers: Server) -> None:
    await until(lambda: len(pids(workers)) == 3)
    processes = pids(workers)
    async with connected(workers) as clients:
        workers.send_signal(signal.SIGTERM)
        ends = await asyncio.gather(*(client.until_closed() for client in clients))
    assert [code for _, code in ends] == [4200] * CLIENTS
    assert await asyncio.to_thread(workers.stop) == 0
    assert not any(is_running(pid) for pid in processes)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(("count", "reason"), [("2", "REDIS_URL"), ("0", "must be 1 or more")])
def test_workers_that_could_not_work_together_are_refused(count: str, reason: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    command = [sys.executable, "manage.py", "serve", "--workers", count]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert finished.returncode != 0
    assert reason in finished.stderr
