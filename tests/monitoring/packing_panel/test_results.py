"""The list of results, and what is said of the one that was picked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.monitoring.packing_panel.panel import Panel
from tests.monitoring.packing_panel.results import cubes, simulated, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_newest_result_stands_first(panel: Panel) -> None:
    await panel.tell(*simulated("SH-1"), *simulated("SH-2"))
    await panel.tell(*simulated("SH-3"))
    await expect(panel.rows).to_contain_text(["SH-3", "SH-2", "SH-1"])


async def test_a_row_says_how_full_and_how_risky_its_load_is(panel: Panel) -> None:
    result, risk = simulated("SH-1", 11)
    used = result["payload"]["containers"][0]["utilisation"]
    await panel.tell(result)
    await expect(panel.rows.first).to_contain_text("no prediction")
    await panel.tell(risk)
    level = f"{risk['payload']['level']} risk"
    for words in ("partial", "39 pieces", "5 left out", level, f"volume {used['volume'] * 100:.0f} %"):
        await expect(panel.rows.first).to_contain_text(words)


async def test_no_more_results_are_kept_than_a_screen_can_use(panel: Panel) -> None:
    await panel.tell(*[cubes(1, shipment=f"SH-{number}") for number in range(250)])
    await expect(panel.rows).to_have_count(200)
    await expect(panel.rows.first).to_contain_text("SH-249")


async def test_large_results_push_out_more_of_the_old_ones(panel: Panel) -> None:
    large = cubes(20_000)
    await panel.tell(*[large | {"offset": number, "payload": large["payload"]} for number in range(1, 5)])
    await expect(panel.rows).to_have_count(2)


async def test_the_first_result_is_shown_and_stays_until_another_is_picked(panel: Panel) -> None:
    await panel.tell(cubes(1, shipment="SH-1"))
    await panel.tell(cubes(2, shipment="SH-2"))
    heading = panel.page.locator(".packing-head h3")
    await expect(heading).to_have_text("SH-1")
    await panel.rows.first.click()
    await expect(heading).to_have_text("SH-2")
    await expect(panel.rows.first).to_have_attribute("aria-current", "true")
    assert await panel.shown() == "2 of 2: item-1, piece 1"


async def test_a_shipment_that_is_selected_is_shown_as_soon_as_it_has_a_result(panel: Panel) -> None:
    await panel.tell(cubes(1, shipment="SH-1"))
    await panel.select("SH-2")
    await expect(panel.status).to_have_text("No packing result of SH-2 is known yet.")
    await panel.tell(cubes(2, shipment="SH-2"))
    await expect(panel.page.locator(".packing-head h3")).to_have_text("SH-2")
    await expect(panel.status).to_have_text("")
    await panel.select("SH-1")
    await expect(panel.page.locator(".packing-head h3")).to_have_text("SH-1")


async def test_a_prediction_that_comes_first_waits_for_its_load(panel: Panel) -> None:
    result, risk = simulated("SH-1", 11)
    await panel.tell(risk)
    await panel.tell(result)
    await expect(panel.rows.first).to_contain_text(f"{risk['payload']['level']} risk")


async def test_a_prediction_for_another_packing_of_the_shipment_is_not_taken(panel: Panel) -> None:
    await panel.tell(cubes(1, shipment="SH-1", packing_id="P-1"))
    risk = {"shipment_id": "SH-1", "packing_id": "P-2", "probability": 0.9}
    await panel.tell(stored("damage_prediction", risk))
    await expect(panel.rows.first).to_contain_text("no prediction")
    await panel.tell(stored("damage_prediction", {"shipment_id": "SH-1", "probability": 0.9}))
    await expect(panel.rows.first).to_contain_text("critical risk")


async def test_a_prediction_leaves_what_a_user_looks_at_as_it_is(panel: Panel) -> None:
    await panel.tell(cubes(12, packing_id="P-1"))
    await panel.seek(5)
    risk = {"shipment_id": "SH-CUBES", "packing_id": "P-1", "probability": 0.2}
    await panel.tell(stored("damage_prediction", risk))
    assert (await panel.shown()).startswith("5 of 12")
    await expect(panel.card("Risk of damage")).to_contain_text("medium risk")


async def test_a_result_that_is_sent_again_takes_the_place_of_the_first(panel: Panel) -> None:
    await panel.tell(cubes(2, packing_id="P-1", status="running"))
    await panel.tell(cubes(5, packing_id="P-1", status="complete"))
    await expect(panel.rows).to_have_count(1)
    await expect(panel.rows.first).to_contain_text("complete")
    assert (await panel.shown()).startswith("5 of 5")


async def test_a_result_that_another_supersedes_says_so(panel: Panel) -> None:
    await panel.tell(cubes(2, packing_id="P-1", status="complete"))
    await panel.tell(cubes(2, packing_id="P-2", supersedes="P-1"))
    await expect(panel.rows.nth(1)).to_contain_text("superseded")


async def test_what_was_left_out_is_there_with_the_reason(panel: Panel) -> None:
    left = [
        {"item_id": "mast", "quantity": 2, "reason": "too_large"},
        {"item_id": "slab", "quantity": 1, "reason": "a new one"},
    ]
    await panel.tell(cubes(1, unpacked=left))
    rows = panel.card("Left out").get_by_role("row")
    await expect(rows.nth(1)).to_have_text("mast2too large for the container")
    await expect(rows.nth(2)).to_have_text("slab1a new one")


async def test_the_risk_of_each_item_is_there_in_words_and_in_colour(panel: Panel) -> None:
    await panel.tell(cubes(12))
    before = await panel.picture()
    risk: dict[str, Any] = {
        "shipment_id": "SH-CUBES",
        "probability": 0.41,
        "probability_low": 0.3,
        "probability_high": 0.5,
        "items": [
            {"item_id": "item-0", "probability": 0.72, "top_factor": "low_support"},
            {"item_id": "item-1", "probability": 0.02},
        ],
        "factors": [{"code": "low_support", "contribution": 0.3, "detail": "One edge hangs free."}],
        "recommendations": [{"code": "restack", "text": "Turn the pump.", "item_ids": ["item-0"]}, {"code": "inspect"}],
        "expected_loss": {"amount": 1250.5, "currency": "USD"},
        "model": {"name": "tilt", "version": "3", "basis": "rule", "calibrated": False},
    }
    await panel.tell(stored("damage_prediction", risk))
    await expect(panel.item_row("item-0")).to_contain_text("72 % critical")
    await expect(panel.item_row("item-0")).to_contain_text("low support")
    await expect(panel.item_row("item-1")).to_contain_text("2 % info")
    await expect(panel.item_row("item-2")).to_contain_text("not predicted")
    card = panel.card("Risk of damage")
    for words in (
        *("high risk 41 % (30 % to 50 %)", "Low support", "+0.3", "One edge hangs free.", "Turn the pump. (item-0)"),
        *("Inspect", "Expected loss: 1,250.5 USD.", "Predicted by tilt, version 3, a rule, not calibrated."),
    ):
        await expect(card).to_contain_text(words)
    await panel.page.get_by_label("Colours").select_option("risk")
    assert await panel.picture() != before


async def test_an_axle_that_carries_too_much_says_so(panel: Panel) -> None:
    container = {
        "inner": {"width": 250, "height": 270, "depth": 1600},
        "weight_kg": 18000,
        "max_weight": 20000,
        "centre_of_gravity": {"x": 100, "y": 90, "z": 800},
        "axle_loads": [{"name": "tandem", "kg": 16000, "limit_kg": 15422}, {"name": "kingpin", "kg": 2000}],
    }
    await panel.tell(stored("packing_result", {"shipment_id": "SH-1", "containers": [container]}))
    card = panel.card("Use of the container")
    for words in (
        "18,000 kg of 20,000 kg (90 %)",
        "16,000 kg of 15,422 kg, over the limit",
        "2,000 kg of —",
        "25 cm left of the middle, 90 cm above the floor, 800 cm from the nose (50 % of the depth)",
    ):
        await expect(card).to_contain_text(words)


async def test_each_of_several_containers_can_be_chosen(panel: Panel) -> None:
    first, second = cubes(3), cubes(7)
    containers = [*first["payload"]["containers"], *second["payload"]["containers"]]
    await panel.tell(stored("packing_result", {"shipment_id": "SH-1", "containers": containers}))
    assert (await panel.shown()).startswith("3 of 3")
    await panel.page.get_by_label("Container", exact=True).select_option("1")
    assert (await panel.shown()).startswith("7 of 7")


async def test_placements_that_are_kept_elsewhere_are_a_link(panel: Panel) -> None:
    await panel.tell(cubes(1, placements_url="https://engine.example/P-1"))
    link = panel.page.get_by_role("link", name="The placements are kept elsewhere")
    await expect(link).to_have_attribute("href", "https://engine.example/P-1")


async def test_an_address_that_would_run_a_script_is_no_link(panel: Panel) -> None:
    await panel.tell(cubes(1, placements_url="javascript:alert(1)//https://"))
    await expect(panel.page.locator(".packing-head h3")).to_be_visible()
    await expect(panel.page.get_by_role("link")).to_have_count(0)
