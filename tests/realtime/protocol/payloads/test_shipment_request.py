"""What a shipment_request must hold and what is refused."""

import pytest

from tests.realtime.protocol.payloads.changes import drop, faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "shipment_request"
REQUIRED = [
    "/shipment_id",
    "/origin",
    "/destination",
    "/items",
    "/items/0/width",
    "/items/0/height",
    "/items/0/depth",
    "/items/0/weight",
    "/items/0/value/amount",
    "/items/0/value/currency",
    "/references/0/value",
    "/equipment/inner/width",
    "/equipment/inner/height",
    "/equipment/inner/depth",
]
ITEM = {"width": 1, "height": 1, "depth": 1, "weight": 1}
STOP = {"location": "Chicago"}
ACCEPTED = [
    ("/shipment_id", "a" * 64),
    ("/shipment_id", "A.b_c:d/e-9"),
    ("/origin", "x"),
    ("/origin", "x" * 200),
    ("/origin/name", "x" * 200),
    ("/origin/lat", -90),
    ("/origin/lat", 90),
    ("/origin/lon", -180),
    ("/origin/lon", 180),
    ("/origin/unlocode", "USC29"),
    ("/items", [ITEM] * 1000),
    ("/items/0/width", 0.001),
    ("/items/0/width", 1650),
    ("/items/0/height", 1650),
    ("/items/0/depth", 1650),
    ("/items/0/weight", 0.001),
    ("/items/0/weight", 36300),
    ("/items/0/quantity", 1),
    ("/items/0/quantity", 100000),
    ("/items/0/item_id", "x" * 64),
    ("/items/0/sku", "x" * 64),
    ("/items/0/description", "x" * 200),
    ("/items/0/max_load_top_kg", 0),
    ("/items/1/orientations", [0, 1, 2, 3, 4, 5]),
    ("/items/0/shock_limit_g", 0.5),
    ("/items/0/shock_limit_g", 200),
    ("/items/0/temperature/min_c", -60),
    ("/items/0/temperature/max_c", 60),
    ("/items/0/freight_class", 50),
    ("/items/0/freight_class", 92.5),
    ("/items/0/freight_class", 500),
    ("/items/0/value/amount", 0),
    ("/items/0/gtin", "96385074"),
    ("/items/0/gtin", "036000291452"),
    ("/items/0/gtin", "04006381333931"),
    ("/items/0/stop_sequence", 1),
    ("/items/0/stop_sequence", 99),
    ("/stops", [STOP] * 2),
    ("/stops", [STOP] * 50),
    ("/stops/0/sequence", 99),
    ("/service_level", "x" * 50),
    ("/customer", "x" * 120),
    ("/instructions", "x" * 1000),
    ("/equipment/max_weight", 0.1),
    ("/equipment/container_number", "MSCU0000060"),
    ("/carrier/scac", "AB"),
    ("/carrier/scac", "ABCD"),
    ("/references", [{"value": "1"}] * 50),
    ("/references/0/value", "x" * 50),
]
REFUSED = [
    ("/shipment_id", "a" * 65, "bad_format"),
    ("/shipment_id", "", "bad_format"),
    ("/shipment_id", "-a", "bad_format"),
    ("/shipment_id", "SHP-1\n", "bad_format"),
    ("/shipment_id", 7, "wrong_type"),
    ("/shipment_id", None, "wrong_type"),
    ("/origin", "", "out_of_bounds"),
    ("/origin", "x" * 201, "out_of_bounds"),
    ("/origin", 5, "wrong_type"),
    ("/origin/name", "", "out_of_bounds"),
    ("/origin/lat", -90.1, "out_of_bounds"),
    ("/origin/lat", 90.1, "out_of_bounds"),
    ("/origin/lon", -180.1, "out_of_bounds"),
    ("/origin/lon", 180.1, "out_of_bounds"),
    ("/origin/unlocode", "USC19", "bad_format"),
    ("/origin/unlocode", "uschi", "bad_format"),
    ("/origin/gln", "061414100000", "bad_format"),
    ("/origin/gln", "0614141000006", "bad_format"),
    ("/origin/address/country", "USA", "bad_format"),
    ("/origin/timezone", "6 h west", "bad_format"),
    ("/items", [], "out_of_bounds"),
    ("/items", [ITEM] * 1001, "out_of_bounds"),
    ("/items", {}, "wrong_type"),
    ("/items/0/width", 0, "out_of_bounds"),
    ("/items/0/width", 1650.1, "out_of_bounds"),
    ("/items/0/height", -1, "out_of_bounds"),
    ("/items/0/height", 1651, "out_of_bounds"),
    ("/items/0/depth", 0, "out_of_bounds"),
    ("/items/0/depth", 1651, "out_of_bounds"),
    ("/items/0/weight", 0, "out_of_bounds"),
    ("/items/0/weight", 36300.1, "out_of_bounds"),
    ("/items/0/weight", "25", "wrong_type"),
    ("/items/0/weight", True, "wrong_type"),
    ("/items/0/quantity", 0, "out_of_bounds"),
    ("/items/0/quantity", 100001, "out_of_bounds"),
    ("/items/0/quantity", 1.5, "wrong_type"),
    ("/items/0/item_id", "x" * 65, "out_of_bounds"),
    ("/items/0/sku", "x" * 65, "out_of_bounds"),
    ("/items/0/description", "x" * 201, "out_of_bounds"),
    ("/items/0/stackable", "yes", "wrong_type"),
    ("/items/0/max_load_top_kg", -1, "out_of_bounds"),
    ("/items/1/orientations", [], "out_of_bounds"),
    ("/items/0/shock_limit_g", 0.4, "out_of_bounds"),
    ("/items/0/shock_limit_g", 201, "out_of_bounds"),
    ("/items/0/hazmat/un_number", "1263", "bad_format"),
    ("/items/0/temperature/min_c", -61, "out_of_bounds"),
    ("/items/0/temperature/max_c", 61, "out_of_bounds"),
    ("/items/0/freight_class", 51, "not_in_enum"),
    ("/items/0/freight_class", 501, "not_in_enum"),
    ("/items/0/value/amount", -1, "out_of_bounds"),
    ("/items/0/value/currency", "usd", "bad_format"),
    ("/items/0/gtin", "123456789", "bad_format"),
    ("/items/0/gtin", "4006381333932", "bad_format"),
    ("/items/0/sscc", "10614141234567890", "bad_format"),
    ("/items/0/sscc", "106141412345678907", "bad_format"),
    ("/items/0/stop_sequence", 0, "out_of_bounds"),
    ("/items/0/stop_sequence", 100, "out_of_bounds"),
    ("/stops", [STOP], "out_of_bounds"),
    ("/stops", [STOP] * 51, "out_of_bounds"),
    ("/service_level", "x" * 51, "out_of_bounds"),
    ("/customer", "x" * 121, "out_of_bounds"),
    ("/instructions", "x" * 1001, "out_of_bounds"),
    ("/equipment/inner/width", 0, "out_of_bounds"),
    ("/equipment/max_weight", 0, "out_of_bounds"),
    ("/equipment/container_number", "CSQX3054383", "bad_format"),
    ("/equipment/container_number", "CSQU3054384", "bad_format"),
    ("/carrier/scac", "A", "bad_format"),
    ("/carrier/scac", "ABCDE", "bad_format"),
    ("/respond_by", "2026-03-01T18:00:00", "bad_format"),
    ("/respond_by", "soon", "bad_format"),
    ("/references", [{"value": "1"}] * 51, "out_of_bounds"),
    ("/references/0/value", "x" * 51, "out_of_bounds"),
    ("/references/0/value", "", "out_of_bounds"),
]
ENUMS = {
    "/items/0/packaging": "pallet carton crate drum bag roll loose other",
    "/items/0/hazmat/packing_group": "I II III",
    "/priority": "low normal high urgent critical",
    "/units/mass": "kg",
    "/units/length": "cm mm",
    "/stops/0/type": "pickup delivery",
    "/mode": "TL LTL PARCEL DRAY OCEAN AIR RAIL",
    "/references/0/type": "bol pro po order customer pickup appointment other",
}


@pytest.mark.parametrize("rotation", [-1, 6])
def test_a_rotation_that_does_not_exist_is_refused(rotation: int) -> None:
    payload = put(FULL[TYPE], "/items/1/orientations", [0, rotation])
    assert faults(TYPE, payload) == [("/items/1/orientations/1", "out_of_bounds")]


def test_a_location_with_a_latitude_but_no_longitude_is_refused() -> None:
    assert faults(TYPE, drop(FULL[TYPE], "/origin/lon")) == [("/origin/lon", "missing")]


def test_the_location_of_a_stop_is_checked_like_any_other() -> None:
    payload = put(FULL[TYPE], "/stops/1/location", {"lon": 5})
    assert faults(TYPE, payload) == [("/stops/1/location/lat", "missing")]


def test_origin_and_destination_may_be_the_same() -> None:
    assert faults(TYPE, put(MINIMAL[TYPE], "/destination", "Chicago")) == []


@pytest.mark.parametrize(("unit", "most"), [("cm", 1650), ("mm", 16500), ("m", 16.5), ("in", 649.6)])
def test_the_longest_side_is_measured_in_the_unit_that_is_given(unit: str, most: float) -> None:
    payload = put(put(MINIMAL[TYPE], "/items/0", ITEM), "/units", {"length": unit})
    assert faults(TYPE, put(payload, "/items/0/width", most)) == []
    assert faults(TYPE, put(payload, "/items/0/width", most * 1.001)) == [("/items/0/width", "out_of_bounds")]


@pytest.mark.parametrize(("unit", "most"), [("kg", 36300), ("g", 36_300_000), ("lb", 80_027)])
def test_the_heaviest_piece_is_weighed_in_the_unit_that_is_given(unit: str, most: float) -> None:
    payload = put(MINIMAL[TYPE], "/units", {"mass": unit})
    assert faults(TYPE, put(payload, "/items/0/weight", most)) == []
    assert faults(TYPE, put(payload, "/items/0/weight", most * 1.001)) == [("/items/0/weight", "out_of_bounds")]


def test_two_items_with_the_same_id_are_refused() -> None:
    payload = put(FULL[TYPE], "/items/1/item_id", "PAL-1")
    assert faults(TYPE, payload) == [("/items/1/item_id", "inconsistent")]


def test_an_item_that_must_stay_upright_cannot_be_laid_down() -> None:
    payload = put(FULL[TYPE], "/items/0/orientations", [0, 1])
    assert faults(TYPE, payload) == [("/items/0/orientations", "inconsistent")]


def test_a_temperature_span_must_not_be_upside_down() -> None:
    payload = put(FULL[TYPE], "/items/0/temperature/max_c", 1)
    assert faults(TYPE, payload) == [("/items/0/temperature/max_c", "inconsistent")]


@pytest.mark.parametrize("window", ["pickup_window", "delivery_window"])
def test_a_window_must_not_end_before_it_starts(window: str) -> None:
    span = {"start": "2026-03-04T08:00:00Z", "end": "2026-03-04T07:59:59Z"}
    assert faults(TYPE, put(MINIMAL[TYPE], f"/{window}", span)) == [(f"/{window}/end", "inconsistent")]


def test_a_window_of_a_stop_must_not_end_before_it_starts() -> None:
    payload = put(FULL[TYPE], "/stops/0/window/end", "2026-03-01T00:00:00Z")
    assert faults(TYPE, payload) == [("/stops/0/window/end", "inconsistent")]


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_window_with_one_open_side_is_accepted(side: str) -> None:
    assert faults(TYPE, put(MINIMAL[TYPE], "/pickup_window", {side: "2026-03-04T08:00:00Z"})) == []


def test_a_delivery_must_not_end_before_the_pickup_starts() -> None:
    payload = put(FULL[TYPE], "/delivery_window", {"end": "2026-03-02T07:59:59-06:00"})
    assert faults(TYPE, payload) == [("/delivery_window/end", "inconsistent")]
