"""The operators' page on every screen: phones, light and dark, screen readers."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIMEOUT_MS = 20_000
SERIOUS = ("serious", "critical")


async def test_it_is_no_wider_than_a_phone(ops: Page) -> None:
    await ops.set_viewport_size({"width": 390, "height": 844})
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    assert await ops.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_no_serious_fault(ops: Page, scheme: Literal["light", "dark"], width: int) -> None:
    await ops.emulate_media(color_scheme=scheme)
    await ops.set_viewport_size({"width": width, "height": 844})
    await expect(ops.get_by_role("status")).to_have_text("Live, every 2 s", timeout=TIMEOUT_MS)
    found = (await Axe().run(ops)).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []
