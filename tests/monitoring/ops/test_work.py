"""What every process does is on the page live, whichever of them answers it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from playwright.async_api import Locator, Page, expect

from tests.clients import ROUTE_UPDATE, connect
from tests.raw_socket import open_socket
from tests.servers import Server, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMEOUT_MS = 30_000
LARGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
"""400 of them are 24 MB, of which the kernel keeps up to 6 for a client that does not read."""
ABOVE_0 = r"[\d,.]*[1-9][\d,.]*"
WATCH = """id => {
    const legend = document.querySelector(`#${id} .legend`);
    window.seen = [];
    new MutationObserver(() => window.seen.push(legend.textContent)).observe(legend, { childList: true });
}"""
HAS_SEEN = "pattern => window.seen.some((text) => new RegExp(pattern).test(text))"


@pytest.fixture(scope="module")
def neighbour(staffed: Server) -> Iterator[Server]:
    """Another process on the database of the one that the page comes from."""
    settings = {"KITT_LEASE_INTERVAL": "1", "KITT_SEND_TIMEOUT": "1", "KITT_RATE_LIMIT": "0"}
    with running("serve", staffed.database.parent, staffed.database, **settings) as server:
        yield server


@pytest.fixture
def another(staffed: Server) -> Iterator[Server]:
    """One that a test may stop."""
    with running("serve", staffed.database.parent, staffed.database, KITT_LEASE_INTERVAL="1") as server:
        yield server


def legend(page: Page, chart: str) -> Locator:
    return page.locator(f"#{chart} .legend")


def row(page: Page, server: Server) -> Locator:
    nodes = page.get_by_role("region", name="Nodes", exact=True)
    return nodes.get_by_role("row", name=f":{server.process.pid} ")


async def until_told(page: Page, server: Server) -> None:
    """The page has numbers of this process."""
    await expect(row(page, server)).to_contain_text("KB", timeout=TIMEOUT_MS)


@asynccontextmanager
async def publishing(server: Server) -> AsyncIterator[None]:
    """Ten messages a second."""

    async def publish() -> None:
        async with connect(server.ws_url, client_id="publisher") as client:
            while True:
                await client.ask(ROUTE_UPDATE)
                await asyncio.sleep(0.1)

    task = asyncio.ensure_future(publish())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_it_says_of_how_many_processes_the_numbers_are(ops: Page, neighbour: Server) -> None:
    await expect(ops.locator("#telling")).to_contain_text("Told by 2 of 2 nodes", timeout=TIMEOUT_MS)


async def test_latency_and_queue_of_another_process_are_shown(ops: Page, neighbour: Server) -> None:
    async with publishing(neighbour):
        for chart in ("delivery", "commits"):
            await expect(legend(ops, chart)).to_have_text(
                re.compile(f"p50 {ABOVE_0}.*p99 {ABOVE_0}"), timeout=TIMEOUT_MS
            )
        await expect(legend(ops, "queue")).to_have_text(
            re.compile(f"mean batch {ABOVE_0}.*largest batch {ABOVE_0}.*waiting \\d"), timeout=TIMEOUT_MS
        )
        await expect(row(ops, neighbour)).to_contain_text(re.compile(f"{ABOVE_0} ms.*{ABOVE_0} ms"), timeout=TIMEOUT_MS)


async def test_what_another_process_refuses_is_shown_by_code(ops: Page, neighbour: Server) -> None:
    await until_told(ops, neighbour)
    async with connect(neighbour.ws_url, query="client_id=no+name") as refused:
        assert (await refused.until_closed())[1] == 4006
    async with connect(neighbour.ws_url) as client:
        await client.ask("{")
        await client.ask({"type": "nonsense", "payload": {}})
    await expect(legend(ops, "refused-connections")).to_contain_text("4006", timeout=TIMEOUT_MS)
    await expect(legend(ops, "refused-messages")).to_contain_text("invalid_json", timeout=TIMEOUT_MS)
    await expect(legend(ops, "refused-messages")).to_contain_text("unknown_type", timeout=TIMEOUT_MS)
    await expect(legend(ops, "ends")).to_contain_text("1000", timeout=TIMEOUT_MS)


async def test_a_client_of_another_process_that_does_not_read_is_shown(ops: Page, neighbour: Server) -> None:
    await until_told(ops, neighbour)
    await ops.evaluate(WATCH, "slow")
    async with open_socket(neighbour, client_id="sleeper", slow=True), connect(neighbour.ws_url) as client:
        for _ in range(400):
            await client.ask(LARGE)
        await expect(legend(ops, "buffers")).to_have_text(re.compile(f"of a client {ABOVE_0}"), timeout=TIMEOUT_MS)
        await expect(legend(ops, "ends")).to_contain_text("4102", timeout=TIMEOUT_MS)
        await ops.wait_for_function(HAS_SEEN, arg=f"freight {ABOVE_0}", timeout=TIMEOUT_MS)


async def test_the_last_numbers_of_a_process_that_stops_are_shown(ops: Page, another: Server) -> None:
    await until_told(ops, another)
    async with connect(another.ws_url) as client:
        another.stop()
        assert (await client.until_closed())[1] == 4200
    await expect(legend(ops, "ends")).to_contain_text("4200", timeout=TIMEOUT_MS)
