"""The panel on a phone, in the dark, and for those who do not see it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.monitoring.packing_panel.panel import TIMES, Panel
from tests.monitoring.packing_panel.results import cubes, simulated

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_it_is_no_wider_than_a_phone(panel: Panel) -> None:
    await panel.page.set_viewport_size({"width": 390, "height": 844})
    await panel.tell(*simulated("SH-1", 11), cubes(3, shipment="S" * 64))
    await panel.page.get_by_text("Placements as a table").click()
    for shipment in ("SH-1", "S" * 64):
        await panel.select(shipment)
        assert await panel.page.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_dark_follows_at_once(panel: Panel) -> None:
    await panel.tell(cubes(3))
    before = await panel.picture()
    await panel.page.emulate_media(color_scheme="dark")
    assert await panel.picture() != before


async def test_the_table_has_every_piece_and_picks_it(panel: Panel) -> None:
    await panel.tell(cubes(12))
    await panel.page.get_by_text("Placements as a table").click()
    rows = panel.page.get_by_role("region", name="Placements").get_by_role("row")
    await expect(rows).to_have_count(13)
    await expect(rows.nth(8)).to_have_text(f"8item-2, piece 240 {TIMES} 40 {TIMES} 4040, 40, 0—")
    await rows.nth(8).get_by_role("button").press("Enter")
    await expect(panel.piece).to_contain_text("item-2, piece 2")


async def test_every_control_is_reached_by_the_keyboard_and_has_a_name(panel: Panel) -> None:
    await panel.tell(cubes(12))
    controls = panel.page.locator("#panel :is(button, select, input, canvas, summary):visible")
    for control in await controls.all():
        await control.focus()
        assert await control.evaluate("node => node === document.activeElement")
        name = "node => node.ariaLabel || node.textContent.trim()"
        assert await control.evaluate(name)
    await expect(panel.canvas).to_have_attribute(
        "aria-label", "Container with 12 of 12 pieces. Arrow keys turn it, plus and minus zoom, 0 resets."
    )
