from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser

from tests.monitoring.browser_client.served import ServedScript, served_script
from tests.monitoring.browser_client.tab import Tab

Open = Callable[[str], Awaitable[Tab]]


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


@pytest_asyncio.fixture(loop_scope="session")
async def tab(script: ServedScript, open_tab: Open) -> Tab:
    """A tab of a page of the scripted server; not connected yet."""
    return await open_tab(script.page_url)
