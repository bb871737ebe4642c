from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.chromium import NO_CHROMIUM, find_binary, running_chromium
from tests.monitoring.browser_client.served import ServedScript, served_script
from tests.monitoring.browser_client.tab import Open, Tab
from tests.needs import require


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium that all tests share, and with it one loop; without one they are skipped, and fail in CI."""
    require(find_binary(), NO_CHROMIUM)
    async with running_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def open_tab(chromium: Browser) -> AsyncIterator[Open]:
    """Opens tabs at an address: `await open_tab(server.url)`. An error that nobody caught in one fails the test."""
    errors: list[str] = []
    context = await chromium.new_context()
    context.on("weberror", lambda error: errors.append(str(error.error)))

    async def open_at(url: str) -> Tab:
        page = await context.new_page()
        await page.goto(url)
        return Tab(page)

    yield open_at
    await context.close()
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def script() -> AsyncIterator[ServedScript]:
    async with served_script() as scripted:
        yield scripted
