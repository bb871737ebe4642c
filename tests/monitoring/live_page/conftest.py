from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.monitoring.live_page.screen import Screen
from tests.servers import Server, running

Look = Callable[..., Awaitable[Screen]]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[Server]:
    """A server that the tests of the page share."""
    with running("serve", tmp_path_factory.mktemp("hub"), migrated_database, KITT_RATE_LIMIT="0") as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def look(chromium: Browser) -> AsyncIterator[Look]:
    """Opens the live page, each time in a browser of its own: `await look(server.url)`.

    What a page says on its console as an error, or does not catch, fails the test.
    """
    contexts: list[BrowserContext] = []
    screens: list[Screen] = []

    async def look_at(url: str, path: str = "/live/", name: str = "Ann", **options: object) -> Screen:
        context = await chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        await context.add_init_script(f"localStorage.setItem('kitt.name', {name!r})")
        screen = Screen(await context.new_page())
        screens.append(screen)
        await screen.page.goto(url + path)
        return screen

    yield look_at
    for context in contexts:
        await context.close()
    assert [error for screen in screens for error in screen.errors] == []
