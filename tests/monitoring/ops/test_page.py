"""The operators' page in a real browser, beside a real server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browsers import PASSWORD, create_user
from tests.clients import ROUTE_UPDATE, connect
from tests.servers import Server, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMEOUT_MS = 20_000
PAINTED = """canvas => new Set(
    new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)
).size > 20"""


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[Server]:
    """A server with a member of the staff."""
    with running("serve", tmp_path_factory.mktemp("ops"), migrated_database) as server:
        create_user(server, "ops")
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def ops(chromium: Browser, staffed: Server) -> AsyncIterator[Page]:
    """The page, after the login that it asks for. What the console says that is bad fails the test."""
    context = await chromium.new_context()
    login = await context.new_page()
    await login.goto(f"{staffed.url}/ops/")
    await login.get_by_label("Username").fill("ops")
    await login.get_by_label("Password").fill(PASSWORD)
    await login.get_by_role("button", name="Log in").click()
    await login.wait_for_url(f"{staffed.url}/ops/")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{staffed.url}/ops/")
    yield page
    await context.close()
    assert complaints == []


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


async def test_the_charts_are_drawn_and_say_their_newest_values(ops: Page) -> None:
    charts = ops.get_by_role("img")
    await expect(charts).to_have_count(13)
    await expect(charts.first).to_have_attribute("aria-label", re.compile("now alive 1, lost 0"), timeout=TIMEOUT_MS)
    for chart in await charts.all():
        assert await chart.evaluate(PAINTED)


async def test_an_answer_that_does_not_come_is_said_until_one_comes(ops: Page) -> None:
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    await ops.route("**/data.json", lambda route: route.fulfill(status=200, body="not JSON"))
    await expect(ops.get_by_role("status")).to_contain_text("No figures", timeout=TIMEOUT_MS)
    await ops.unroute("**/data.json")
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)


async def test_it_is_no_wider_than_a_phone(ops: Page) -> None:
    await ops.set_viewport_size({"width": 390, "height": 844})
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    assert await ops.evaluate("document.documentElement.scrollWidth") == 390


HISTORY = """async () => {
    const { History, Rates, ticks, SPAN_MS } = await import("/static/kitt/ops/history.js");
    const history = new History();
    for (let at = 0; at <= 2 * SPAN_MS; at += 2000) history.add(at, { n: at });
    const rates = new Rates();
    const seen = [[0, 10], [2000, 30], [4000, 5], [6000, 7]].map(([at, n]) => rates.next(at, { n }).n);
    return [history.points.length, history.points[0].at, seen, [0, 3, 7, 140, 0.2].map((most) => ticks(most).at(-1))];
}"""


async def test_the_history_is_ten_minutes_and_a_counter_that_began_anew_is_a_gap(ops: Page) -> None:
    length, first, rates, tops = await ops.evaluate(HISTORY)
    assert (length, first) == (301, 600_000)
    assert rates == [None, 10, None, 1]
    assert all(top >= most for top, most in zip(tops, [0, 3, 7, 140, 0.2], strict=True))
