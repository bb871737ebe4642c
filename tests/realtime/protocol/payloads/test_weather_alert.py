"""What a weather_alert must hold, and that real alerts with their many nulls pass."""

import pytest

from tests.realtime.protocol.payloads.changes import faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "weather_alert"
REQUIRED = ["/event", "/severity", "/geometry/type", "/geometry/coordinates", "/affected/0/shipment_id"]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]
ACCEPTED = [
    ("/event", "x"),
    ("/event", "x" * 100),
    ("/area_desc", "x" * 4000),
    ("/alert_id", "x" * 200),
    ("/source", "x"),
    ("/headline", "x" * 500),
    ("/description", "x" * 16000),
    ("/instruction", "x" * 8000),
    ("/geocode", {}),
    ("/geocode/ugc", []),
    ("/geocode/ugc", ["ILZ104"] * 300),
    ("/geocode/same", ["017031"] * 300),
    ("/geometry/coordinates", [SQUARE, SQUARE]),
    ("/geometry", {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}),
    ("/references", []),
    ("/references", ["x"] * 50),
    ("/references", [{"@id": "https://x", "identifier": "urn:oid:1"}]),
    ("/parameters", {}),
    ("/parameters", {"a": ["x" * (16384 - len('{"a":[""]}'))]}),
    ("/affected", []),
    ("/affected/0/distance_m", 0),
    ("/affected/0/exits_at", "2026-03-02T19:10:00Z"),
]
REFUSED = [
    ("/event", "", "out_of_bounds"),
    ("/event", "x" * 101, "out_of_bounds"),
    ("/event", None, "wrong_type"),
    ("/severity", "severe", "not_in_enum"),
    ("/area_desc", "x" * 4001, "out_of_bounds"),
    ("/alert_id", "", "out_of_bounds"),
    ("/alert_id", "x" * 201, "out_of_bounds"),
    ("/source", "", "out_of_bounds"),
    ("/sent", None, "wrong_type"),
    ("/effective", "2026-03-02", "bad_format"),
    ("/ends", "", "bad_format"),
    ("/headline", "x" * 501, "out_of_bounds"),
    ("/description", "x" * 16001, "out_of_bounds"),
    ("/instruction", "x" * 8001, "out_of_bounds"),
    ("/geocode", None, "wrong_type"),
    ("/geocode/ugc/0", "MOX094", "bad_format"),
    ("/geocode/ugc", ["ILZ104"] * 301, "out_of_bounds"),
    ("/geocode/same/0", "29077", "bad_format"),
    ("/geocode/same", ["017031"] * 301, "out_of_bounds"),
    ("/geometry", "POLYGON((0 0))", "wrong_type"),
    ("/geometry/type", "Point", "not_in_enum"),
    ("/geometry/type", 5, "wrong_type"),
    ("/geometry/coordinates", [], "out_of_bounds"),
    ("/geometry/coordinates/0", SQUARE[:3], "out_of_bounds"),
    ("/geometry/coordinates/0/1/0", -180.1, "out_of_bounds"),
    ("/geometry/coordinates/0/1/1", 90.1, "out_of_bounds"),
    ("/references", ["x"] * 51, "out_of_bounds"),
    ("/references/0", 5, "wrong_type"),
    ("/parameters", {"a": ["x" * 16384]}, "out_of_bounds"),
    ("/parameters/VTEC", "x", "wrong_type"),
    ("/parameters/VTEC/0", 5, "wrong_type"),
    ("/affected/0/exits_at", "2026-03-02T19:09:59Z", "inconsistent"),
    ("/affected/0/distance_m", -1, "out_of_bounds"),
]
ENUMS = {
    "/severity": "Extreme Severe Moderate Minor Unknown",
    "/certainty": "Observed Likely Possible Unlikely Unknown",
    "/urgency": "Immediate Expected Future Past Unknown",
    "/status": "Actual Exercise System Test Draft",
    "/message_type": "Alert Update Cancel Ack Error",
    "/level": "info low medium high critical",
}


NULLABLE = ["expires", "onset", "ends", "headline", "description", "instruction", "response", "sender_name", "geometry"]


@pytest.mark.parametrize("name", NULLABLE)
def test_a_field_that_the_weather_service_leaves_empty_may_be_null(name: str) -> None:
    assert faults(TYPE, put(FULL[TYPE], f"/{name}", None)) == []


def test_an_alert_with_every_gap_of_the_real_feed_is_accepted() -> None:
    gaps = dict.fromkeys(NULLABLE)
    assert faults(TYPE, MINIMAL[TYPE] | gaps | {"severity": "Unknown", "geocode": {}, "web": "https://x"}) == []


def test_a_ring_that_is_not_closed_is_refused() -> None:
    payload = put(FULL[TYPE], "/geometry/coordinates/0/4", [0, 0])
    assert faults(TYPE, payload) == [("/geometry/coordinates/0", "inconsistent")]


def test_an_open_ring_of_a_second_polygon_is_named() -> None:
    shape = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[*SQUARE, [5, 5]]]]}
    assert faults(TYPE, put(FULL[TYPE], "/geometry", shape)) == [("/geometry/coordinates/1/0", "inconsistent")]
