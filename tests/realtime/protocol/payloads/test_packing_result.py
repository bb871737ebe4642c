"""What a packing_result must hold and what is refused."""

import pytest

from tests.realtime.protocol.payloads.changes import drop, faults, put
from tests.realtime.protocol.payloads.examples import FULL

TYPE = "packing_result"
REQUIRED = [
    "/containers/0/inner/width",
    "/containers/0/inner/height",
    "/containers/0/inner/depth",
    "/containers/0/placements/0/position/x",
    "/containers/0/placements/0/position/y",
    "/containers/0/placements/0/position/z",
    "/containers/0/placements/0/size/w",
    "/containers/0/placements/0/size/h",
    "/containers/0/placements/0/size/d",
    "/containers/0/centre_of_gravity/x",
]
BOX = "/containers/0/placements/1"
ACCEPTED = [
    ("/shipment_ids", ["S"]),
    ("/shipment_ids", ["S"] * 200),
    ("/containers", [{}]),
    ("/containers", [{}] * 50),
    ("/containers/0/max_weight", 0.1),
    ("/containers/0/weight_kg", 0),
    (BOX + "/piece", 1),
    (BOX + "/support_ratio", 0),
    (BOX + "/support_ratio", 1),
    (BOX + "/load_on_top_kg", 0),
    (BOX + "/stop_sequence", 1),
    (BOX + "/stop_sequence", 99),
    (BOX + "/size/w", 0.1),
    (BOX + "/rotation", 0),
    (BOX + "/rotation", 5),
    ("/containers/0/utilisation/volume", 0),
    ("/containers/0/utilisation/volume", 1),
    ("/containers/0/axle_loads/0/kg", 0),
    ("/unpacked", []),
    ("/unpacked/0/quantity", 1),
    ("/unpacked/0/quantity", 100000),
    ("/computed_ms", 0),
    ("/placements_url", "http://a.example/p.json"),
    (BOX + "/position/x", 119.91),
    (BOX + "/position/x", 130.09),
    (BOX + "/position/y", -0.09),
]
REFUSED = [
    ("/shipment_ids", [], "out_of_bounds"),
    ("/shipment_ids", ["S"] * 201, "out_of_bounds"),
    ("/shipment_ids/1", "", "bad_format"),
    ("/shipment_id", "", "bad_format"),
    ("/containers", [{}] * 51, "out_of_bounds"),
    ("/containers/0/inner/width", 0, "out_of_bounds"),
    ("/containers/0/inner/height", 0, "out_of_bounds"),
    ("/containers/0/inner/depth", 0, "out_of_bounds"),
    ("/containers/0/max_weight", 0, "out_of_bounds"),
    ("/containers/0/weight_kg", -1, "out_of_bounds"),
    (BOX + "/piece", 0, "out_of_bounds"),
    (BOX + "/load_order", 0, "out_of_bounds"),
    (BOX + "/support_ratio", -0.1, "out_of_bounds"),
    (BOX + "/support_ratio", 1.1, "out_of_bounds"),
    (BOX + "/load_on_top_kg", -1, "out_of_bounds"),
    (BOX + "/size/w", 0, "out_of_bounds"),
    (BOX + "/size/h", 0, "out_of_bounds"),
    (BOX + "/size/d", 0, "out_of_bounds"),
    (BOX + "/stop_sequence", 0, "out_of_bounds"),
    (BOX + "/stop_sequence", 100, "out_of_bounds"),
    (BOX + "/rotation", -1, "out_of_bounds"),
    (BOX + "/rotation", 6, "out_of_bounds"),
    ("/containers/0/utilisation/volume", -0.1, "out_of_bounds"),
    ("/containers/0/utilisation/weight", 76, "out_of_bounds"),
    ("/containers/0/utilisation/floor", 1.1, "out_of_bounds"),
    ("/containers/0/axle_loads/0/kg", -1, "out_of_bounds"),
    ("/containers/0/axle_loads/0/limit_kg", -1, "out_of_bounds"),
    ("/unpacked/0/quantity", 0, "out_of_bounds"),
    ("/unpacked/0/quantity", 100001, "out_of_bounds"),
    ("/computed_ms", -1, "out_of_bounds"),
    ("/placements_url", "ftp://a.example", "bad_format"),
    ("/axes", "y=width", "not_in_enum"),
]
ENUMS = {
    "/status": "complete partial infeasible timeout running",
    "/unpacked/0/reason": "too_large too_heavy no_space orientation incompatible time_limit",
}


def boxes(*corners: tuple[float, float, float]) -> dict[str, object]:
    """A result with one cube of 10 cm at each of the corners."""
    size = {"w": 10, "h": 10, "d": 10}
    placements = [{"position": {"x": x, "y": y, "z": z}, "size": size} for x, y, z in corners]
    return {"shipment_id": "S", "containers": [{"placements": placements}]}


@pytest.mark.parametrize("name", ["shipment_id", "shipment_ids"])
def test_either_form_of_the_shipment_is_enough(name: str) -> None:
    assert faults(TYPE, drop(FULL[TYPE], f"/{name}")) == []


def test_a_result_without_any_shipment_is_refused() -> None:
    assert faults(TYPE, {"status": "running"}) == [("/shipment_id", "missing")]


def test_a_missing_shipment_is_named_beside_other_faults() -> None:
    assert faults(TYPE, {"status": "done"}) == [("/shipment_id", "missing"), ("/status", "not_in_enum")]


def test_no_containers_are_fine_where_nothing_fits() -> None:
    assert faults(TYPE, {"shipment_id": "S", "status": "infeasible", "containers": []}) == []


def test_no_containers_contradict_a_complete_result() -> None:
    payload = {"shipment_id": "S", "status": "complete", "containers": []}
    assert faults(TYPE, payload) == [("/containers", "inconsistent")]


@pytest.mark.parametrize("orders", [(1, 3), (1, 1), (2, 3)])
def test_a_loading_order_with_a_gap_is_refused(orders: tuple[int, int]) -> None:
    placements = [{"load_order": order} for order in orders]
    payload = {"shipment_id": "S", "containers": [{"placements": placements}]}
    assert faults(TYPE, payload) == [("/containers/0/placements", "inconsistent")]


def test_a_loading_order_of_some_placements_only_is_refused() -> None:
    payload = drop(FULL[TYPE], f"{BOX}/load_order")
    assert faults(TYPE, payload) == [("/containers/0/placements", "inconsistent")]


def test_a_loading_order_may_be_listed_in_any_sequence() -> None:
    payload = {"shipment_id": "S", "containers": [{"placements": [{"load_order": 2}, {"load_order": 1}]}]}
    assert faults(TYPE, payload) == []


def test_boxes_that_touch_do_not_overlap() -> None:
    assert faults(TYPE, boxes((0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10))) == []


def test_boxes_that_overlap_are_named() -> None:
    payload = boxes((0, 0, 0), (50, 0, 0), (5, 5, 5))
    assert faults(TYPE, payload) == [("/containers/0/placements/2/position", "inconsistent")]


def test_only_the_first_overlaps_of_a_container_are_reported() -> None:
    assert len(faults(TYPE, boxes(*[(0, 0, 0)] * 30))) == 5


def test_boxes_of_different_containers_may_have_the_same_place() -> None:
    payload = boxes((0, 0, 0))
    assert faults(TYPE, payload | {"containers": payload["containers"] * 2}) == []


@pytest.mark.parametrize(("side", "value"), [("x", 119.89), ("x", 130.11), ("y", -0.11), ("z", 1500.11)])
def test_a_placement_that_overlaps_or_sticks_out_by_more_than_the_tolerance_is_refused(side: str, value: float) -> None:
    payload = put(FULL[TYPE], f"{BOX}/position/{side}", value)
    assert faults(TYPE, payload) == [(f"{BOX}/position", "inconsistent")]


def test_placements_without_a_known_container_are_held_against_the_origin_only() -> None:
    assert faults(TYPE, boxes((9000, 9000, 9000))) == []
