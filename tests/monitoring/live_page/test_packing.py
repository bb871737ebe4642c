"""Packing results on the live page: what other clients publish, seen, turned and stepped through by a user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import CDPSession, Locator, expect

from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import Frame, new_id, packed, predicted, publish, request
from tests.monitoring.live_page.screen import Screen
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
SCREENS = {"a desk": DESK, "a phone": PHONE}
NOTHING_BELOW = """() => [...document.querySelectorAll("#packing, #packing *")]
    .filter((each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowY))
    .filter((each) => each.scrollHeight > each.clientHeight)
    .map((each) => each.className)"""


async def shown(screen: Screen, hub: Server, *frames: Frame) -> Locator:
    """The packing panel, after another client published these of one shipment, and the user picked it."""
    await screen.until_live()
    await publish(hub, *frames, endpoint="packing")
    await screen.open("packing")
    panel = screen.page.locator("#packing")
    await panel.get_by_role("navigation").get_by_role("button", name=frames[0]["payload"]["shipment_id"]).click()
    return panel


@pytest.mark.parametrize("kind", SCREENS)
async def test_a_result_that_another_client_publishes_can_be_opened_on(kind: str, hub: Server, look: Look) -> None:
    screen = await look(hub.url, **SCREENS[kind])
    shipment = new_id()
    panel = await shown(screen, hub, packed(shipment))
    await expect(panel.locator(".packing-head h3")).to_have_text(shipment)
    await expect(panel.get_by_role("application")).to_be_in_viewport(ratio=1)


async def test_a_shipment_that_is_selected_in_the_table_is_shown_with_its_load(hub: Server, look: Look) -> None:
    screen = await look(hub.url)
    await screen.until_live()
    shipment = new_id()
    await publish(hub, request(shipment))
    await publish(hub, packed(shipment), packed(new_id()), endpoint="packing")
    await screen.search(shipment)
    await screen.row(shipment).get_by_role("button").click()
    await screen.open("packing")
    await expect(screen.page.locator("#packing .packing-head h3")).to_have_text(shipment)


async def test_who_opens_the_panel_sees_the_newest_result(hub: Server, look: Look) -> None:
    screen = await look(hub.url)
    await screen.until_live()
    shipments = [new_id(), new_id()]
    for shipment in shipments:
        await publish(hub, packed(shipment), endpoint="packing")
        row = screen.page.locator("#packing nav button", has_text=shipment)
        await row.wait_for(state="attached")
    await screen.open("packing")
    await expect(screen.page.locator("#packing .packing-head h3")).to_have_text(shipments[-1])


async def test_the_tab_counts_results_that_came_since_it_was_looked_at(hub: Server, look: Look) -> None:
    await publish(hub, packed(new_id()), endpoint="packing")
    screen = await look(hub.url)
    await screen.until_live()
    tab = screen.page.get_by_role("button", name="Packing")
    await publish(hub, packed(new_id()), packed(new_id()), endpoint="packing")
    await expect(tab).to_have_text("Packing2")
    await tab.click()
    await expect(tab).to_have_accessible_name("Packing")


@pytest.mark.parametrize("kind", SCREENS)
async def test_a_prediction_that_comes_later_shows_its_risk_beside_its_item_on(
    kind: str, hub: Server, look: Look
) -> None:
    screen = await look(hub.url, **SCREENS[kind])
    shipment = new_id()
    panel = await shown(screen, hub, packed(shipment))
    row = panel.get_by_role("region", name="Items").get_by_role("row").filter(has_text="item-1")
    await expect(row).to_contain_text("not predicted")
    items = [{"item_id": "item-1", "probability": 0.72, "top_factor": "low_support"}]
    await publish(hub, predicted(shipment, items=items), endpoint="packing")
    for words in ("72 % critical", "low support"):
        cell = row.get_by_role("cell", name=words)
        await cell.scroll_into_view_if_needed()
        await expect(cell).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("kind", SCREENS)
async def test_what_was_left_out_is_there_with_the_reason_on(kind: str, hub: Server, look: Look) -> None:
    screen = await look(hub.url, **SCREENS[kind])
    left = [{"item_id": "mast", "quantity": 2, "reason": "too_large"}]
    panel = await shown(screen, hub, packed(new_id(), unpacked=left))
    reason = panel.get_by_role("cell", name="too large for the container")
    await reason.scroll_into_view_if_needed()
    await expect(reason).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("kind", SCREENS)
async def test_how_full_and_how_heavy_the_container_is_can_be_read_on(kind: str, hub: Server, look: Look) -> None:
    screen = await look(hub.url, **SCREENS[kind])
    frame = packed(new_id())
    frame["payload"]["containers"][0] |= {"utilisation": {"volume": 0.253}, "weight_kg": 9000, "max_weight": 20000}
    panel = await shown(screen, hub, frame)
    for words in ("25.3 %", "9,000 kg of 20,000 kg (45 %)"):
        found = panel.get_by_text(words)
        await found.scroll_into_view_if_needed()
        await expect(found).to_be_in_viewport(ratio=1)


async def test_a_result_of_which_only_the_shipment_is_known_is_shown(hub: Server, look: Look) -> None:
    screen = await look(hub.url)
    panel = await shown(screen, hub, {"type": "packing_result", "payload": {"shipment_id": new_id()}})
    await expect(panel.get_by_text("says nothing of where the pieces stand")).to_be_visible()


@pytest.mark.parametrize("kind", SCREENS)
async def test_the_panel_scrolls_as_one_on(kind: str, hub: Server, look: Look) -> None:
    screen = await look(hub.url, **SCREENS[kind])
    panel = await shown(screen, hub, packed(new_id()))
    assert set(await panel.evaluate(NOTHING_BELOW)) <= {"packing-columns", "packing-list-rows"}


async def test_the_load_order_is_stepped_with_taps(hub: Server, look: Look) -> None:
    screen = await look(hub.url, **PHONE)
    panel = await shown(screen, hub, packed(new_id()))
    for name, words in (
        ("Show the first piece only", "1 of 12: item-0, piece 1"),
        ("Load the next piece", "2 of 12: item-1, piece 1"),
        ("Take the newest piece away", "1 of 12: item-0, piece 1"),
    ):
        await panel.get_by_role("button", name=name).tap()
        await expect(panel.get_by_text(words)).to_be_visible()


Hand = Callable[[Screen, float, float], Awaitable[None]]


async def drag(screen: Screen, x: float, y: float) -> None:
    await screen.page.mouse.move(x, y)
    await screen.page.mouse.down()
    await screen.page.mouse.move(x + 80, y + 20, steps=4)
    await screen.page.mouse.up()


async def press(screen: Screen, x: float, y: float) -> None:
    await screen.page.locator("#packing canvas").press("ArrowRight")


async def swipe(screen: Screen, x: float, y: float) -> None:
    await touch(screen, [[(x - 40, y)], [(x, y + 10)], [(x + 40, y + 20)]])


async def swipe_up(screen: Screen, x: float, y: float) -> None:
    await touch(screen, [[(x, y + move)] for move in (60, 20, -20, -60)])


async def pinch(screen: Screen, x: float, y: float) -> None:
    await touch(screen, [[(x - wide, y), (x + wide, y)] for wide in (30, 60, 90)])


async def touch(screen: Screen, places: list[list[tuple[float, float]]]) -> None:
    """Real fingers, at these places one after the other."""
    device: CDPSession = await screen.page.context.new_cdp_session(screen.page)
    for index, fingers in enumerate(places):
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(fingers)]
        kind = "touchMove" if index else "touchStart"
        await device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await device.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


HANDS: dict[str, tuple[dict[str, Any], Hand]] = {
    "a mouse": (DESK, drag),
    "a key": (DESK, press),
    "one finger": (PHONE, swipe),
    "two fingers": (PHONE, pinch),
}


@pytest.mark.parametrize("name", HANDS)
async def test_the_container_is_seen_from_elsewhere_by(name: str, hub: Server, look: Look) -> None:
    options, hand = HANDS[name]
    screen = await look(hub.url, **options)
    panel = await shown(screen, hub, packed(new_id()))
    canvas = panel.get_by_role("application")
    before, box = await canvas.screenshot(), await canvas.bounding_box()
    assert box is not None
    await hand(screen, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await panel.get_by_role("heading", name="Latest results").hover()
    await canvas.evaluate("canvas => canvas.blur()")
    assert await canvas.screenshot() != before


async def test_a_finger_that_tilts_the_container_scrolls_nothing(hub: Server, look: Look) -> None:
    screen = await look(hub.url, **PHONE)
    panel = await shown(screen, hub, packed(new_id()))
    box = await panel.get_by_role("application").bounding_box()
    assert box is not None
    await swipe_up(screen, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert await panel.locator(".packing-columns").evaluate("columns => columns.scrollTop") == 0
