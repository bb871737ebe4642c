"""Every field but one may be absent, and what an old stream holds may be of any type."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.monitoring.packing_panel.panel import Panel
from tests.monitoring.packing_panel.results import cubes, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZE = {"w": 10, "h": 10, "d": 10}
PARTIAL: dict[str, dict[str, Any]] = {
    "no containers": {},
    "an infeasible one": {"status": "infeasible", "containers": [], "unpacked": [{}]},
    "a container without anything": {"containers": [{}]},
    "placements without places": {"containers": [{"placements": [{}, {"item_id": "a"}, {"position": {"x": 1}}]}]},
    "a place without a container": {
        "containers": [{"placements": [{"position": dict.fromkeys("xyz", 0), "size": SIZE}]}]
    },
    "axles without figures": {"containers": [{"axle_loads": [{}], "utilisation": {}, "centre_of_gravity": {}}]},
    "a centre without a size": {"containers": [{"centre_of_gravity": dict.fromkeys("xyz", 1)}]},
    "other types everywhere": {
        "shipment_ids": 7,
        "status": {},
        "unpacked": "all",
        "containers": [None, 3, {"inner": [], "placements": {}, "axle_loads": 1, "utilisation": "full"}],
    },
}
PREDICTIONS: dict[str, dict[str, Any]] = {
    "only what is required": {},
    "empty parts": {"items": [{}], "factors": [{}], "recommendations": [{}], "model": {}, "expected_loss": {}},
    "other types everywhere": {"items": 1, "factors": "x", "recommendations": {}, "model": [], "level": 3},
}


@pytest.mark.parametrize("name", PARTIAL)
async def test_a_result_of_which_little_is_known_is_shown(panel: Panel, name: str) -> None:
    await panel.tell(stored("packing_result", {"shipment_id": "SH-1", **PARTIAL[name]}))
    await expect(panel.page.locator(".packing-head h3")).to_have_text("SH-1")
    await expect(panel.card("Use of the container")).to_be_visible()
    await panel.page.get_by_text("Placements as a table").click()
    await panel.tell(cubes(3, shipment="SH-2"))
    await panel.select("SH-2")
    assert (await panel.shown()).startswith("3 of 3")


@pytest.mark.parametrize("name", PREDICTIONS)
async def test_a_prediction_of_which_little_is_known_is_shown(panel: Panel, name: str) -> None:
    await panel.tell(cubes(3))
    risk = {"shipment_id": "SH-CUBES", "probability": 0.1, **PREDICTIONS[name]}
    await panel.tell(stored("damage_prediction", risk))
    await expect(panel.card("Risk of damage")).to_contain_text("low risk 10 %")


async def test_other_types_are_passed_over(panel: Panel) -> None:
    await panel.tell(stored("heartbeat", {}), cubes(1))
    await expect(panel.rows).to_have_count(1)


async def test_markup_is_text(panel: Panel) -> None:
    bad = "<img src=x onerror=alert(1)>"
    placement = {"item_id": bad, "position": dict.fromkeys("xyz", 0), "size": SIZE}
    result = {"shipment_id": bad, "algorithm": bad, "containers": [{"type": bad, "placements": [placement]}]}
    risk = {"shipment_id": bad, "probability": 1, "factors": [{"code": bad, "detail": bad}], "model": {"name": bad}}
    await panel.tell(stored("packing_result", result), stored("damage_prediction", risk))
    await expect(panel.item_row(bad)).to_be_visible()
    await expect(panel.page.locator("#panel img")).to_have_count(0)
