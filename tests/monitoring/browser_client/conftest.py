from __future__ import annotations

import pytest_asyncio

from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import Open, Tab


@pytest_asyncio.fixture(loop_scope="session")
async def tab(script: ServedScript, open_tab: Open) -> Tab:
    """A tab of a page of the scripted server; not connected yet."""
    return await open_tab(script.page_url)
