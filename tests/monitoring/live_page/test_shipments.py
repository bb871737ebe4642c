"""What the page shows of shipments."""

from __future__ import annotations

import pytest

from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import new_id, publish, request, soon, update
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_page_shows_what_another_client_publishes(server: Server, look: Look) -> None:
    screen = await look(server.url)
    await screen.until_live()
    shipment = new_id()
    await publish(server, request(shipment, customer="Great Lakes Paper", priority="urgent"))
    await screen.search(shipment)
    await screen.until_text(screen.row(shipment), "Great Lakes Paper")
    await screen.until_text(screen.row(shipment), "Chicago → Dallas")
    await publish(server, update(shipment, status="in_transit", vehicle_id="TRUCK-7"))
    await screen.until_text(screen.row(shipment), "in transit")
    await screen.until_text(screen.row(shipment), "TRUCK-7")


async def test_the_root_leads_a_browser_to_the_page(hub: Server, look: Look) -> None:
    screen = await look(hub.url, "/")
    await screen.until_live()
    assert screen.page.url == f"{hub.url}/live/"


async def test_what_was_published_before_is_there_at_once(hub: Server, look: Look) -> None:
    shipment = new_id()
    await publish(hub, request(shipment), update(shipment, status="loaded"))
    screen = await look(hub.url)
    await screen.search(shipment)
    await screen.until_text(screen.row(shipment), "loaded")


async def test_an_arrival_is_compared_with_the_plan(hub: Server, look: Look) -> None:
    shipment = new_id()
    window = {"start": soon(10), "end": soon(60)}
    await publish(hub, request(shipment, delivery_window=window), update(shipment, eta={"estimated_at": soon(72.5)}))
    screen = await look(hub.url)
    await screen.search(shipment)
    await screen.until_text(screen.row(shipment), "+12 min")
    await screen.page.click("#chips button:has-text('Late')")
    await screen.row(shipment).wait_for()
    await screen.page.click("#chips button:has-text('Delivered')")
    await screen.row(shipment).wait_for(state="detached")


async def test_markup_in_a_message_is_shown_as_text(hub: Server, look: Look) -> None:
    shipment, markup = new_id(), "<img src=x onerror=document.title='broken'>"
    await publish(hub, request(shipment, customer=markup, origin=markup))
    screen = await look(hub.url)
    await screen.search(shipment)
    await screen.until_text(screen.row(shipment), markup)
    assert await screen.page.locator("img").count() == 0
    assert await screen.page.title() == "KITT live"


async def test_a_row_opens_the_history_of_all_streams_and_goes_on_live(hub: Server, look: Look) -> None:
    shipment = new_id()
    await publish(hub, request(shipment), update(shipment, status="dispatched"))
    await publish(
        hub,
        {"type": "damage_prediction", "payload": {"shipment_id": shipment, "probability": 0.4}},
        endpoint="packing",
    )
    screen = await look(hub.url)
    await screen.search(shipment)
    await screen.row(shipment).get_by_role("button").click()
    history = screen.page.locator("#history")
    for line in ("Requested: Chicago to Dallas", "Status: dispatched", "Damage risk 40 %"):
        await screen.until_text(history, line)
    await publish(hub, update(shipment, status="delivered"))
    await screen.until_text(history, "Status: delivered")
    assert await screen.page.locator("#shipment h2").text_content() == shipment


async def test_the_whole_history_can_be_read_page_by_page(hub: Server, look: Look) -> None:
    shipment = new_id()
    await publish(hub, request(shipment))
    for _ in range(3):
        await publish(hub, *(update(shipment, status="in_transit") for _ in range(35)))
    screen = await look(hub.url)
    await screen.search(shipment)
    await screen.row(shipment).get_by_role("button").click()
    history = screen.page.locator("#history > li")
    await screen.until_text(screen.page.locator("#history"), "in transit")
    await screen.page.click("#history-more")
    await screen.until_text(screen.page.locator("#history"), "Requested: Chicago to Dallas")
    assert await history.count() == 106
    assert await screen.page.locator("#history-more").is_hidden()


async def test_only_the_rows_that_can_be_seen_are_drawn(hub: Server, look: Look) -> None:
    mark = new_id()
    await publish(hub, *(update(f"{mark}-{number}", status="planned") for number in range(39)))
    await publish(hub, *(update(f"{mark}-{number}", status="planned") for number in range(39, 78)))
    screen = await look(hub.url)
    await screen.search(mark)
    await screen.page.wait_for_function("() => document.querySelector('#table table').ariaRowCount === '79'")
    assert await screen.page.locator("#table tbody tr").count() < 40
    await screen.evaluate("() => document.querySelector('#table').scrollTo(0, 1e6)")
    await screen.page.wait_for_selector('#table tbody tr[aria-rowindex="79"]')
    assert await screen.page.locator("#table tbody tr").count() < 40
