"""Alerts: who has taken care of what, the same on every screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.clients import connect
from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import new_id, notification, publish, soon
from tests.monitoring.live_page.screen import Screen
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

POLYGON = {"type": "Polygon", "coordinates": [[[-90, 40], [-88, 40], [-88, 42], [-90, 40]]]}


async def test_who_acknowledges_an_alert_is_shown_to_everybody(hub: Server, look: Look) -> None:
    ann, bob = await look(hub.url, name="Ann"), await look(hub.url, name="Bob")
    title = f"Late: {new_id()}"
    await publish(hub, notification(title), endpoint="notifications")
    await ann.card(title).get_by_role("button", name="Acknowledge").click()
    for screen in (ann, bob):
        await screen.until_text(screen.card(title), "Acknowledged by Ann")
    await bob.card(title).get_by_role("button", name="Resolve").click()
    for screen in (ann, bob):
        await screen.card(title).wait_for(state="detached")
        await screen.page.select_option("#notice-states", "resolved expired")
        await screen.until_text(screen.card(title), "Resolved by Bob")
        await screen.until_text(screen.card(title), "Acknowledged by Ann")


async def test_of_two_who_acknowledge_at_once_the_same_one_is_shown_on_both_screens(hub: Server, look: Look) -> None:
    ann, bob = await look(hub.url, name="Ann"), await look(hub.url, name="Bob")
    title = f"Late: {new_id()}"
    await publish(hub, notification(title), endpoint="notifications")
    buttons = [screen.card(title).get_by_role("button", name="Acknowledge") for screen in (ann, bob)]
    for button in buttons:
        await button.wait_for()
    await asyncio.gather(*(button.evaluate("button => button.click()") for button in buttons))
    shown = [await who(screen, title) for screen in (ann, bob)]
    assert shown[0] == shown[1]
    assert shown[0] is not None


async def who(screen: Screen, title: str) -> str | None:
    await screen.until_text(screen.card(title), "Acknowledged by")
    await screen.card(title).locator("button:disabled").first.wait_for(state="detached")
    return await screen.card(title).locator(".who").text_content()


async def test_an_acknowledgement_is_a_notification_on_the_stream(hub: Server, look: Look) -> None:
    screen = await look(hub.url, name="Ann")
    title = f"Late: {new_id()}"
    frame = notification(title, dedupe_key="a key", shipment_ids=["SH-1"])
    async with connect(hub.ws_url, "notifications", client_id="tms") as tms:
        await tms.ask(frame)
        await screen.card(title).get_by_role("button", name="Acknowledge").click()
        answer = await tms.receive_type("notification")
    assert answer["payload"] == answer["payload"] | {
        **frame["payload"],
        "state": "acknowledged",
        "acknowledged_by": "Ann",
    }
    assert answer["sender"].startswith("live-")


async def test_an_alert_that_could_not_be_sent_stays_open_and_says_so(hub: Server, look: Look) -> None:
    screen = await look(hub.url, name="x" * 121)
    title = f"Late: {new_id()}"
    await publish(hub, notification(title), endpoint="notifications")
    await screen.card(title).get_by_role("button", name="Acknowledge").click()
    await screen.until_text(screen.card(title), "Not sent:")
    await screen.until_text(screen.card(title), "open")


async def test_the_name_is_asked_for_once(hub: Server, look: Look) -> None:
    screen = await look(hub.url, name="")
    titles = [f"Late: {new_id()}" for _ in range(2)]
    await publish(hub, *map(notification, titles), endpoint="notifications")
    await screen.card(titles[0]).get_by_role("button", name="Acknowledge").click()
    await screen.page.fill("#name", "Cy")
    await screen.page.click("#name-dialog button.main")
    await screen.until_text(screen.card(titles[0]), "Acknowledged by Cy")
    await screen.card(titles[1]).get_by_role("button", name="Acknowledge").click()
    await screen.until_text(screen.card(titles[1]), "Acknowledged by Cy")


async def test_alerts_of_before_are_there_after_a_reload(hub: Server, look: Look) -> None:
    title = f"Late: {new_id()}"
    await publish(hub, notification(title), endpoint="notifications")
    screen = await look(hub.url)
    await screen.card(title).wait_for()
    await screen.page.reload()
    await screen.card(title).wait_for()


@pytest.mark.parametrize(
    "ending",
    [{"message_type": "Cancel"}, {"message_type": "Cancel", "references": ["the first"], "alert_id": "another"}],
    ids=["by its id", "by its references"],
)
async def test_a_cancelled_weather_alert_disappears(ending: dict[str, Any], hub: Server, look: Look) -> None:
    screen = await look(hub.url)
    event = f"Storm {new_id()}"
    alert = {"event": event, "severity": "Severe", "alert_id": "the first", "ends": soon(60), "geometry": POLYGON}
    await publish(hub, {"type": "weather_alert", "payload": alert}, endpoint="notifications")
    found = screen.page.locator("#hazards .card", has_text=event)
    await found.wait_for()
    await publish(hub, {"type": "weather_alert", "payload": {**alert, **ending}}, endpoint="notifications")
    await found.wait_for(state="detached")
