from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, StorageState

from tests.browsers import PASSWORD, create_user
from tests.servers import Server, running


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[Server]:
    """A server with a member of the staff."""
    with running("serve", tmp_path_factory.mktemp("ops"), migrated_database) as server:
        create_user(server, "ops")
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cookies(chromium: Browser, staffed: Server) -> StorageState:
    """Of who went through the login that the page asks for."""
    context = await chromium.new_context()
    login = await context.new_page()
    await login.goto(f"{staffed.url}/ops/")
    await login.get_by_label("Username").fill("ops")
    await login.get_by_label("Password").fill(PASSWORD)
    await login.get_by_role("button", name="Log in").click()
    await login.wait_for_url(f"{staffed.url}/ops/")
    found = await context.storage_state()
    await context.close()
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def ops(chromium: Browser, staffed: Server, cookies: StorageState) -> AsyncIterator[Page]:
    """The page. What the console says that is bad fails the test."""
    context = await chromium.new_context(storage_state=cookies)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{staffed.url}/ops/")
    yield page
    await context.close()
    assert complaints == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(chromium: Browser, staffed: Server) -> AsyncIterator[Page]:
    """Any of the server's, for what touches no document."""
    opened = await chromium.new_page()
    await opened.goto(f"{staffed.url}/health/live")
    yield opened
    await opened.close()
