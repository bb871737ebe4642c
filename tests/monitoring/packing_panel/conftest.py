from __future__ import annotations

import pytest_asyncio

from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import Open
from tests.monitoring.packing_panel.panel import SET_UP, Panel


@pytest_asyncio.fixture(loop_scope="session")
async def panel(script: ServedScript, open_tab: Open) -> Panel:
    """An empty panel in a page."""
    page = (await open_tab(script.page_url)).page
    await page.evaluate(SET_UP)
    return Panel(page)
