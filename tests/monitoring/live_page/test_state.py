"""What the page makes of messages, without a page: the modules that reduce them, in the browser that runs them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Every module's exports in one scope, and short ways to say what comes.
RUN = """async (body) => {
    const names = ["fleet", "filters", "judgement", "hazards", "history", "journal", "notices", "words"];
    const modules = await Promise.all(names.map((name) => import(`/static/kitt/live/state/${name}.js`)));
    const scope = Object.assign({}, ...modules);
    let offset = 0;
    scope.message = (type, payload, more = {}) =>
        ({ type, payload, offset: (offset += 1), id: `id-${offset}`, sender: "tms", timestamp: at(offset), ...more });
    const at = (scope.at = (minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString());
    scope.ms = (minute) => Date.parse(at(minute));
    return new Function(...Object.keys(scope), body)(...Object.values(scope));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(hub: Server, chromium: Browser) -> AsyncIterator[Page]:
    """Of the server, without its security policy: that forbids to run a text."""
    page = await chromium.new_page()
    await page.goto(f"{hub.url}/health/live")
    yield page
    await page.close()


async def run(page: Page, body: str) -> Any:
    return await page.evaluate(RUN, body)


async def test_an_older_position_that_comes_later_changes_nothing(page: Page) -> None:
    assert await run(page, """
        const fleet = new Fleet();
        const told = (lat, minute) =>
            fleet.apply(message("route_update", {
                shipment_id: "A", observed_at: at(minute), position: { lat, lon: 0 },
            }));
        told(1, 5); told(2, 9); told(3, 7);
        return fleet.get("A").position.lat;
    """) == 2  # fmt: skip


async def test_messages_read_backwards_make_the_same_shipment(page: Page) -> None:
    forwards, backwards = await run(page, """
        const messages = [
            message("shipment_request", { shipment_id: "A", origin: "Chicago", destination: "Dallas" }),
            message("route_update", { shipment_id: "A", status: "loaded", vehicle_id: "T1" }),
            message("packing_result", { shipment_id: "A", containers: [{ utilisation: { volume: 0.5 } }] }),
            message("route_update", { shipment_id: "A", status: "in_transit", motion: "moving" }),
            message("damage_prediction", { shipment_id: "A", probability: 0.4 }),
        ];
        return [messages, messages.toReversed()].map((order) => {
            const fleet = new Fleet();
            for (const each of order) fleet.apply(each);
            const { told, ...shipment } = fleet.get("A");
            return shipment;
        });
    """)  # fmt: skip
    assert forwards == backwards
    assert (forwards["status"], forwards["fill"], forwards["damage"]["level"]) == ("in_transit", 0.5, "high")


async def test_a_delivered_shipment_is_forgotten_after_half_an_hour(page: Page) -> None:
    assert await run(page, """
        const fleet = new Fleet();
        fleet.apply(message("route_update", { shipment_id: "A", status: "delivered" }));
        return [20, 40].map((minute) => (fleet.expire(ms(minute)), fleet.listed.length));
    """) == [1, 0]  # fmt: skip


async def test_of_too_many_shipments_the_oldest_go(page: Page) -> None:
    assert await run(page, """
        const fleet = new Fleet();
        const told = (n) => fleet.apply(message("route_update", { shipment_id: `S${n}`, observed_at: at(n) }));
        for (let n = 0; n < MAX_SHIPMENTS + 10; n += 1) told(n);
        return [fleet.get("S9") === undefined, fleet.get("S10") === undefined];
    """) == [True, False]  # fmt: skip


async def test_a_repeat_is_counted_and_makes_no_second_alert(page: Page) -> None:
    rows = await run(page, """
        const notices = new Notices();
        const told = (id, more) =>
            notices.apply(message("notification", { title: "Late", notification_id: id, dedupe_key: "k", ...more }));
        told("n1"); told("n2"); told("n1", { state: "acknowledged", acknowledged_by: "Ann" }); told("n3");
        told("n1", { state: "resolved", resolved_by: "Bob" }); told("n4");
        return notices.rows.map(({ key, state, count, acknowledged }) => [key, state, count, acknowledged?.by ?? null]);
    """)  # fmt: skip
    assert rows == [["n4", "open", 1, None], ["n1", "resolved", 3, "Ann"]]


async def test_the_first_to_acknowledge_counts(page: Page) -> None:
    assert await run(page, """
        const notices = new Notices();
        const told = (more) =>
            notices.apply(message("notification", { title: "Late", notification_id: "n1", ...more }));
        told({});
        for (const name of ["Ann", "Bob"]) told({ state: "acknowledged", acknowledged_by: name });
        return notices.rows[0].acknowledged.by;
    """) == "Ann"  # fmt: skip


async def test_an_alert_weighs_on_its_shipments_until_it_is_resolved(page: Page) -> None:
    assert await run(page, """
        const notices = new Notices();
        const told = (more) =>
            notices.apply(message("notification", {
                title: "Late", notification_id: "n1", level: "high", shipment_ids: ["A"], ...more,
            }));
        told({});
        const open = notices.of("A");
        told({ state: "resolved" });
        return [open, notices.of("A")];
    """) == [{"count": 1, "level": "high"}, {"count": 0, "level": None}]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "left"),
    [
        ({"alert_id": "2", "references": ["1"], "message_type": "Update"}, ["weather 2"]),
        ({"alert_id": "2", "references": [{"identifier": "1"}], "message_type": "Cancel"}, []),
        ({"alert_id": "1", "message_type": "Cancel"}, []),
        ({"alert_id": "2", "status": "Test"}, ["weather 1"]),
    ],
    ids=["update", "cancel by reference", "cancel by id", "a test is no alert"],
)
async def test_weather_alerts_replace_and_cancel_each_other(
    page: Page, second: dict[str, Any], left: list[str]
) -> None:
    assert await run(page, f"""
        const hazards = new Hazards();
        const told = (more) =>
            hazards.apply(message("weather_alert", {{ event: "Storm", severity: "Severe", ...more }}));
        told({{ alert_id: "1" }});
        told({json.dumps(second)});
        return hazards.rows.map((row) => row.key);
    """) == left  # fmt: skip


async def test_hazards_end_when_they_said_or_are_cleared(page: Page) -> None:
    assert await run(page, """
        const hazards = new Hazards();
        const told = (more) => hazards.apply(message("traffic_update", { category: "accident", ...more }));
        told({ incident_id: "ends", end_time: at(10) });
        told({ incident_id: "cleared" });
        told({ incident_id: "stays" });
        told({ incident_id: "cleared", state: "cleared" });
        hazards.expire(ms(20));
        return hazards.rows.map((row) => row.key);
    """) == ["traffic stays"]  # fmt: skip


async def test_what_waits_while_the_log_is_paused_is_bounded_and_counted(page: Page) -> None:
    assert await run(page, """
        const journal = new Journal();
        const add = (count) => Array.from({ length: count }, () => journal.add("freight", message("route_update", {})));
        add(3);
        journal.pause(2);
        add(MAX_WAITING + 1);
        const paused = [journal.entries.length, journal.waiting - MAX_WAITING, journal.dropped];
        journal.resume();
        return [paused, journal.entries.length - MAX_ENTRIES, journal.waiting];
    """) == [[2, 2, 2], 0, 0]  # fmt: skip


async def test_the_export_has_a_line_for_each_message_in_its_order(page: Page) -> None:
    lines = await run(page, """
        const journal = new Journal();
        journal.add("freight", message("route_update", { shipment_id: "A" }));
        journal.add("packing", message("damage_prediction", { shipment_id: "A" }));
        return [journal.lines(""), journal.lines("damage_prediction")];
    """)  # fmt: skip
    every, one = ([json.loads(line) for line in text.splitlines()] for text in lines)
    assert [(each["endpoint"], each["offset"]) for each in every] == [("freight", 1), ("packing", 2)]
    assert [each["type"] for each in one] == ["damage_prediction"]


@pytest.mark.parametrize(
    ("update", "chips"),
    [
        ({"status": "planned"}, ["all"]),
        ({"status": "in_transit"}, ["all", "transit"]),
        ({"status": "in_transit", "eta": {"estimated_at": "2026-01-01T01:10:00Z"}}, ["all", "transit", "late"]),
        ({"status": "exception"}, ["all", "transit", "risk"]),
        ({"status": "delivered"}, ["all", "delivered"]),
    ],
)
async def test_chips_choose_shipments_by_their_state(page: Page, update: dict[str, Any], chips: list[str]) -> None:
    assert await run(page, f"""
        const fleet = new Fleet();
        fleet.apply(message("shipment_request", {{
            shipment_id: "A", origin: "Chicago", destination: "Dallas", delivery_window: {{ end: at(60) }},
        }}));
        fleet.apply(message("route_update", {{ shipment_id: "A", ...{json.dumps(update)} }}));
        const view = viewOf(fleet.get("A"), {{ count: 0, level: null }}, ms(3));
        return Object.keys(CHIPS).filter((chip) => CHIPS[chip].holds(view));
    """) == chips  # fmt: skip


async def test_a_truck_without_a_position_for_a_quarter_of_an_hour_is_offline(page: Page) -> None:
    assert await run(page, """
        const fleet = new Fleet();
        fleet.apply(message("route_update", { shipment_id: "A", motion: "moving", position: { lat: 1, lon: 1 } }));
        return [10, 20].map((minute) => motionNow(fleet.get("A"), ms(minute)));
    """) == ["moving", "offline"]  # fmt: skip


async def test_too_many_markers_become_clusters_and_the_selected_one_never(page: Page) -> None:
    sizes, selected = await page.evaluate("""async () => {
        const { place, CLUSTER_ABOVE } = await import("/static/kitt/live/map/markers.js");
        const { Viewport } = await import("/static/kitt/live/map/viewport.js");
        const viewport = Object.assign(new Viewport(), { width: 800, height: 600 });
        const views = Array.from({ length: CLUSTER_ABOVE + 1 }, (_, n) => ({
            shipment: { id: `S${n}`, position: { lat: 40 + n / 1000, lon: -97 } },
        }));
        const markers = place(views, viewport, "S3");
        return [markers.reduce((sum, each) => sum + each.views.length, 0),
                markers.filter((each) => each.views.length === 1 && each.views[0].shipment.id === "S3").length];
    }""")
    assert (sizes, selected) == (151, 1)
