"""For everybody, on every screen: phones, keyboards, screen readers, light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import new_id, notification, packed, predicted, publish, request, update
from tests.monitoring.live_page.screen import Screen
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}
WIDE_PANELS = ["alerts", "shipment", "packing", "log"]
PANELS = ["map", "board", *WIDE_PANELS]
# Also where the search cannot be seen.
SEARCH = """text => {
    const input = document.querySelector("#search");
    input.value = text;
    input.dispatchEvent(new Event("input"));
}"""
SERIOUS = ("serious", "critical")


async def filled(hub: Server, look: Look, **options: object) -> Screen:
    """A page with something in every panel."""
    shipment = new_id()
    position = {"lat": 41.9, "lon": -87.6, "heading_deg": 200, "speed_kph": 80}
    await publish(
        hub, request(shipment, customer="Prairie Seed"), update(shipment, position=position, status="delayed")
    )
    await publish(hub, notification(f"Late: {shipment}", shipment_ids=[shipment]), endpoint="notifications")
    items = [{"item_id": "item-0", "probability": 0.7, "top_factor": "low_support"}]
    left = [{"item_id": "item-9", "quantity": 1, "reason": "no_space"}]
    await publish(hub, packed(shipment, unpacked=left), predicted(shipment, items=items), endpoint="packing")
    screen = await look(hub.url, **options)
    await screen.until_live()
    await screen.evaluate(SEARCH, shipment)
    await screen.page.wait_for_function("() => document.querySelector('#shown').textContent === '1 found'")
    await screen.card(shipment).wait_for(state="attached")
    return screen


@pytest.mark.parametrize("panel", PANELS)
async def test_on_a_phone_nothing_scrolls_sideways(panel: str, hub: Server, look: Look) -> None:
    screen = await filled(hub, look, viewport=PHONE, has_touch=True)
    await screen.open(panel)
    await screen.page.locator(f"#{panel}").wait_for()
    widths = await screen.evaluate(
        "panel => ['html', '#tabs', `#${panel}`, `#${panel} .scroll, #${panel} #table`]"
        ".map((each) => document.querySelector(each)).filter(Boolean)"
        ".map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)",
        panel,
    )
    assert max(widths) <= 0


async def test_on_a_phone_a_shipment_can_be_opened_and_an_alert_acknowledged(hub: Server, look: Look) -> None:
    screen = await filled(hub, look, viewport=PHONE, has_touch=True)
    await screen.open("board")
    await screen.page.locator("#table tbody tr").first.tap()
    await screen.page.locator("#facts dd").first.wait_for()
    await screen.open("alerts")
    await screen.page.locator("#notices .card").first.get_by_role("button", name="Acknowledge").tap()
    await screen.page.locator("#notices .card .who").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("viewport", "panels"), [(None, WIDE_PANELS), (PHONE, PANELS)], ids=["on a desk", "on a phone"]
)
async def test_axe_finds_no_serious_fault(
    scheme: str, viewport: dict[str, int] | None, panels: list[str], hub: Server, look: Look
) -> None:
    options = {"viewport": viewport} if viewport else {}
    screen = await filled(hub, look, color_scheme=scheme, **options)
    for panel in panels:
        await screen.open(panel)
        found = (await Axe().run(screen.page)).response["violations"]
        faults = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS]
        assert faults == [], panel


async def test_the_keyboard_alone_opens_a_shipment(hub: Server, look: Look) -> None:
    screen = await filled(hub, look)
    await screen.page.focus("#search")
    for _ in range(40):
        await screen.page.keyboard.press("Tab")
        if await screen.evaluate("() => document.activeElement.matches('#table tbody button')"):
            break
    await screen.page.keyboard.press("Enter")
    await screen.page.locator("#facts dd").first.wait_for()


async def test_the_page_asks_no_other_host(hub: Server, look: Look) -> None:
    screen = await filled(hub, look)
    asked = await screen.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => new URL(each.name).host)"
    )
    assert set(asked) == {f"127.0.0.1:{hub.port}"}
