"""The pages as a newcomer sees them who runs the demo. `make screenshots` puts them where the README shows them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browsers import PASSWORD, create_user
from tests.clients import ROUTE_UPDATE, connect
from tests.servers import ROOT, Server, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ALL_ON_THE_ROAD = "() => Number(document.querySelector('#chips .count').textContent) > 250"
ALL_READ = """() => {
    const rows = [...document.querySelectorAll("#board tbody tr")];
    return rows[0].cells[0].textContent === "high" && rows.every((row) => row.cells[3].textContent !== "\\u2013");
}"""
HAS_DRAWN = "count => performance.getEntriesByName(location.href + 'data.json').length >= count"
TIMEOUT_MS = 60_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[Server]:
    with demonstrating(tmp_path_factory.mktemp("demo"), migrated_database) as server:
        yield server


@contextmanager
def demonstrating(folder: Path, database: Path) -> Iterator[Server]:
    """What `make demo` starts: a server, and the simulation beside it."""
    with running("runserver", folder, database) as server:
        create_user(server, "ops")
        simulation = subprocess.Popen(
            [sys.executable, "manage.py", "simulate"], cwd=ROOT, env=server.environment, stderr=subprocess.DEVNULL
        )
        try:
            yield server
        finally:
            simulation.terminate()
            simulation.wait()


@pytest.fixture(scope="session")
def album(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go."""
    folder: Path | None = request.config.getoption("--screenshots")
    return folder or tmp_path_factory.mktemp("screenshots")


async def opened(chromium: Browser, url: str, **options: object) -> Page:
    page = await (await chromium.new_context(**options)).new_page()
    page.set_default_timeout(TIMEOUT_MS)
    await page.goto(url)
    return page


async def taken(page: Page, file: Path) -> None:
    await page.screenshot(path=file)
    await page.context.close()


async def test_the_live_page_shows_the_carrier_of_the_demo(demo: Server, chromium: Browser, album: Path) -> None:
    page = await opened(chromium, f"{demo.url}/live/", **DESK)
    await page.wait_for_function(ALL_ON_THE_ROAD)
    await page.wait_for_function(ALL_READ)
    await page.locator("#hazards .card").first.wait_for(state="attached")
    await page.locator("#notices .card").nth(2).wait_for()
    await taken(page, album / "live.png")


async def test_a_load_of_the_demo_can_be_looked_into(demo: Server, chromium: Browser, album: Path) -> None:
    page = await opened(chromium, f"{demo.url}/live/", color_scheme="dark", **DESK)
    await page.wait_for_function(ALL_ON_THE_ROAD)
    await page.wait_for_function(ALL_READ)
    await page.click('#tabs button[data-panel="packing"]')
    await page.locator("#packing canvas").wait_for()
    await taken(page, album / "packing.png")


@pytest.mark.parametrize("panel", ["map", "board", "alerts"])
async def test_a_phone_shows_the_demo(panel: str, demo: Server, chromium: Browser, album: Path) -> None:
    page = await opened(chromium, f"{demo.url}/live/", **PHONE)
    await page.wait_for_function(ALL_ON_THE_ROAD)
    await page.click(f'#tabs button[data-panel="{panel}"]')
    await taken(page, album / f"phone-{panel}.png")


async def drive(server: Server, name: str) -> None:
    """A driver's phone, which tells where it is twice a second."""
    async with connect(server.ws_url, client_id=name) as phone:
        while True:
            await phone.ask(ROUTE_UPDATE)
            await asyncio.sleep(0.5)


@asynccontextmanager
async def drivers(server: Server) -> AsyncIterator[None]:
    """The simulation writes into the log by itself; a server counts what clients send."""
    driving = [asyncio.ensure_future(drive(server, f"driver-{number}")) for number in range(12)]
    yield
    for task in driving:
        task.cancel()
    await asyncio.gather(*driving, return_exceptions=True)


async def test_the_operators_page_shows_what_the_demo_and_a_dozen_drivers_cost(
    tmp_path: Path, migrated_database: Path, chromium: Browser, album: Path
) -> None:
    with demonstrating(tmp_path, migrated_database) as server:
        async with drivers(server):
            page = await opened(chromium, f"{server.url}/ops/", **DESK)
            await page.get_by_label("Username").fill("ops")
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await page.wait_for_url(f"{server.url}/ops/")
            await page.wait_for_function(HAS_DRAWN, arg=20)
            await taken(page, album / "ops.png")
