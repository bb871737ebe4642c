"""The wall clock is set by an hour while clients are connected, or was never right."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from realtime.auth.tokens import LEEWAY_S
from tests.clients import HEARTBEAT, Client, connect
from tests.faketime import FakeClock, find_library
from tests.faults import life
from tests.needs import require
from tests.postgres import Postgres
from tests.server.conftest import TOKENS_ONLY, Start
from tests.server.test_auth_sockets import bearing
from tests.tokens import token
from tests.waiting import until, until_async

HOUR_S = 3600
QUICK = {
    "KITT_RATE_LIMIT": "0",
    "KITT_LEASE_INTERVAL": "0.5",
    "KITT_LEASE_TIMEOUT": "3",
    "KITT_SWEEP_INTERVAL": "0.5",
    "KITT_FLUSH_INTERVAL": "0.5",
    "KITT_HEARTBEAT_INTERVAL": "1",
    "KITT_STALE_AFTER": "4",
}
SHORT_S = 8
SWEEPS_S = 3.0
"""Long enough for several sweeps, each of which could do harm."""


@pytest.fixture
def clock(tmp_path: Path) -> FakeClock:
    """It shows the right time until it is set; without libfaketime the test is skipped, and fails in CI."""
    require(find_library(), "no libfaketime: apt-get install faketime")
    return FakeClock(tmp_path / "clock")


async def error_of_clock(client: Client) -> int:
    """By how many hours the server's clock is wrong."""
    shown = datetime.fromisoformat((await client.ask(HEARTBEAT))["timestamp"])
    return round((shown - datetime.now(UTC)).total_seconds() / HOUR_S)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_step_of_the_clock_disconnects_nobody_and_the_table_stays_right(
    start_kind: Start, clock: FakeClock, hours: int
) -> None:
    servers = [start_kind("serve", **QUICK, **clock.settings) for _ in range(2)]
    everybody = 2 * (3 + 1)
    async with life(servers) as here:
        for error in (hours, 0):
            clock.step(error * HOUR_S)
            async with connect(servers[0].ws_url, "packing", "watch") as watch:
                await until_async(lambda client=watch: error_of_clock(client), error)
            await here.flow()
            await asyncio.sleep(SWEEPS_S)
            await here.beat()
            for server in servers:
                await until(lambda server=server: server.get("/stats")["total_connections"] == everybody)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_node_whose_clock_is_wrong_leaves_the_others_rows_alone_and_its_own_do_not_outlive_it(
    start_kind: Start, own_postgres: Postgres, clock: FakeClock, hours: int
) -> None:
    wrong = start_kind("serve", DATABASE_URL=own_postgres.url, **QUICK, **clock.settings)
    right = start_kind("serve", DATABASE_URL=own_postgres.url, **QUICK)
    clock.step(hours * HOUR_S)
    async with connect(right.ws_url, client_id="of-right") as other, AsyncExitStack() as stack:
        opened = [connect(wrong.ws_url, client_id=f"of-wrong-{number}") for number in range(3)]
        clients = [other, *[await stack.enter_async_context(client) for client in opened]]
        everybody = len(clients)
        await until(lambda: wrong.get("/stats")["total_connections"] == everybody)
        # Not now and then closed and opened again, either.
        deadline = asyncio.get_running_loop().time() + SWEEPS_S
        while asyncio.get_running_loop().time() < deadline:
            for server in (wrong, right):
                assert (await asyncio.to_thread(server.get, "/stats"))["total_connections"] == everybody
            for client in clients:
                await client.send(HEARTBEAT)
        wrong.kill()
        await until(lambda: right.connected() == ["of-right"])


async def test_a_step_of_the_clock_neither_ends_nor_prolongs_a_token_in_use(
    start_kind: Start, clock: FakeClock
) -> None:
    server = start_kind("serve", **TOKENS_ONLY, **clock.settings)
    long, short = token(sub="long"), token(sub="short", exp=int(time.time()) - LEEWAY_S + SHORT_S)
    async with (
        connect(server.ws_url, client_id="long", **bearing(long)) as stays,
        connect(server.ws_url, client_id="short", **bearing(short)) as goes,
    ):
        clock.step(2 * HOUR_S)
        await asyncio.sleep(SWEEPS_S / 2)
        assert await error_of_clock(stays) == 2
        assert await error_of_clock(goes) == 2
        clock.step(-2 * HOUR_S)
        assert (await goes.until_closed())[1] == 4203
        assert await error_of_clock(stays) == -2
