"""What the page does when the server or the network goes."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes import Restarter
from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import new_id, publish, update
from tests.proxy import Proxy
from tests.servers import free_port, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUT_S = 30.0
# With the heartbeat of 25 s that KITT has unless told otherwise, a dead line is found within 45 s.
CUT_TIMEOUT_MS = 60_000


@pytest.fixture
def restarter(tmp_path: Path, migrated_database: Path) -> Iterator[Restarter]:
    database = shutil.copy(migrated_database, tmp_path / "kitt.sqlite3")
    restarter = Restarter("serve", tmp_path, database, free_port())
    yield restarter
    restarter.server.stop()


async def test_a_server_that_is_killed_and_started_again_leaves_no_gap(restarter: Restarter, look: Look) -> None:
    shipment = new_id()
    await publish(restarter.server, update(shipment, status="planned"))
    screen = await look(restarter.server.url)
    await screen.open("log")
    await screen.until_live()
    restarter.server.kill()
    await screen.until_light("reconnecting")
    restarter.start()
    await publish(restarter.server, *(update(shipment, status="in_transit") for _ in range(5)))
    await screen.until_live()
    await screen.until_logged(6)
    assert await screen.logged_offsets() == [1, 2, 3, 4, 5, 6]
    assert await screen.page.locator("#gap").is_hidden()
    await screen.until_text(screen.row(shipment), "in transit")


@pytest.mark.timeout(180)
async def test_a_network_that_is_cut_for_30_seconds_is_shown_and_leaves_no_gap(
    tmp_path: Path, migrated_database: Path, look: Look
) -> None:
    with running("serve", tmp_path, migrated_database) as server:
        async with Proxy(server.port) as proxy:
            shipment = new_id()
            await publish(server, update(shipment, status="planned"))
            screen = await look(f"http://127.0.0.1:{proxy.port}")
            screen.page.set_default_timeout(CUT_TIMEOUT_MS)
            await screen.open("log")
            await screen.until_live()
            proxy.partition()
            for status in ("dispatched", "at_pickup", "in_transit", "at_delivery", "delivered"):
                await publish(server, update(shipment, status=status))
                await asyncio.sleep(CUT_S / 5)
            # A cut of no more than the time between two heartbeats can be seen by nobody; this one is longer.
            await screen.until_light("stale")
            proxy.heal()
            await screen.until_live()
            await screen.until_logged(6)
            assert await screen.logged_offsets() == [1, 2, 3, 4, 5, 6]
            assert await screen.page.locator("#gap").is_hidden()
            await screen.until_text(screen.row(shipment), "delivered")


async def test_a_loss_is_told_and_the_state_is_read_anew(
    restarter: Restarter, migrated_database: Path, look: Look
) -> None:
    """The database is replaced by an older one: another epoch, or fewer messages than the page has seen."""
    gone, there = new_id(), new_id()
    await publish(restarter.server, update(gone, status="planned"))
    screen = await look(restarter.server.url)
    await screen.row(gone).wait_for()
    restarter.server.stop()
    await screen.until_light("reconnecting")
    for file in restarter.database.parent.glob(f"{restarter.database.name}*"):
        file.unlink()
    shutil.copy(migrated_database, restarter.database)
    restarter.start()
    await publish(restarter.server, update(there, status="planned"))
    await screen.row(there).wait_for()
    await screen.row(gone).wait_for(state="detached")
    assert await screen.page.locator("#gap").is_visible()
