from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.chromium import NO_CHROMIUM, find_binary, running_chromium
from tests.needs import require


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium that all tests share, and with it one loop; without one they are skipped, and fail in CI."""
    require(find_binary(), NO_CHROMIUM)
    async with running_chromium() as browser:
        yield browser
