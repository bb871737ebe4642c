"""The operators' page in a real browser, beside a real server."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.clients import ROUTE_UPDATE, connect
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMEOUT_MS = 20_000


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


async def test_it_shows_who_connects_and_what_is_stored(ops: Page, staffed: Server) -> None:
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    await expect(region(ops, "Nodes").get_by_text("alive")).to_be_visible()
    async with connect(staffed.ws_url, client_id="watcher") as watcher:
        offset = (await watcher.ask(ROUTE_UPDATE))["offset"]
        await expect(region(ops, "Newest connections")).to_contain_text("watcher", timeout=TIMEOUT_MS)
        await expect(region(ops, "Streams")).to_contain_text(re.compile(rf"freight{offset}"), timeout=TIMEOUT_MS)
        await expect(ops.locator("#connections .legend")).to_contain_text("freight 1", timeout=TIMEOUT_MS)
    await expect(region(ops, "Disconnects")).to_contain_text("1000", timeout=TIMEOUT_MS)


async def test_every_chart_says_its_newest_values(ops: Page) -> None:
    charts = ops.get_by_role("img")
    await expect(charts).to_have_count(13)
    await expect(charts.first).to_have_attribute("aria-label", re.compile("now alive 1, lost 0"), timeout=TIMEOUT_MS)


async def test_an_answer_that_does_not_come_is_said_until_one_comes(ops: Page) -> None:
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    await ops.route("**/data.json", lambda route: route.fulfill(status=200, body="not JSON"))
    await expect(ops.get_by_role("status")).to_contain_text("No figures", timeout=TIMEOUT_MS)
    await ops.unroute("**/data.json")
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
