"""What a traffic_update must hold and what is refused."""

import pytest

from tests.realtime.protocol.payloads.changes import faults, put
from tests.realtime.protocol.payloads.examples import FULL

TYPE = "traffic_update"
REQUIRED = ["/category", "/geometry/type", "/geometry/coordinates", "/affected/0/shipment_id"]
ACCEPTED = [
    ("/geometry", {"type": "Point", "coordinates": [180, -90]}),
    ("/geometry", {"type": "MultiPoint", "coordinates": [[0, 0]]}),
    ("/geometry", {"type": "MultiPoint", "coordinates": [[0, 0]] * 2000}),
    ("/geometry/coordinates", [[0, 0], [0, 0]]),
    ("/geometry/coordinates", [[0, 0]] * 2000),
    ("/delay_s", 0),
    ("/length_m", 0),
    ("/length_m", None),
    ("/speed_kph", 0),
    ("/start_time", None),
    ("/end_time", "2026-03-02T15:40:00Z"),
    ("/road_names", []),
    ("/road_names", ["I-44"] * 10),
    ("/probability", 0),
    ("/probability", 1),
    ("/description", "x" * 1000),
    ("/restrictions/0/value", -1),
    ("/openlr", "Cw=="),
]
REFUSED = [
    ("/category", None, "wrong_type"),
    ("/incident_id", "", "bad_format"),
    ("/source", "", "bad_format"),
    ("/geometry", None, "wrong_type"),
    ("/geometry/type", "Polygon", "not_in_enum"),
    ("/geometry", [1, 2], "wrong_type"),
    ("/geometry/coordinates", [[0, 0]], "out_of_bounds"),
    ("/geometry/coordinates", [[0, 0]] * 2001, "out_of_bounds"),
    ("/geometry/coordinates/1/0", 181, "out_of_bounds"),
    ("/geometry/coordinates/1/1", 91, "out_of_bounds"),
    ("/delay_s", -1, "out_of_bounds"),
    ("/length_m", -1, "out_of_bounds"),
    ("/speed_kph", -1, "out_of_bounds"),
    ("/delay_s", "long", "wrong_type"),
    ("/road_closed", None, "wrong_type"),
    ("/road_names", ["I-44"] * 11, "out_of_bounds"),
    ("/road_names/0", 44, "wrong_type"),
    ("/from", 77, "wrong_type"),
    ("/to", "x" * 201, "out_of_bounds"),
    ("/probability", -0.1, "out_of_bounds"),
    ("/probability", 1.1, "out_of_bounds"),
    ("/description", "x" * 1001, "out_of_bounds"),
    ("/openlr", "not base64!", "bad_format"),
    ("/lanes/0", "left", "wrong_type"),
    ("/end_time", "2026-03-02T15:39:59Z", "inconsistent"),
    ("/affected/0/exits_at", "2026-03-02T19:29:59Z", "inconsistent"),
]
ENUMS = {
    "/category": "accident congestion construction road_closure lane_restriction disabled_vehicle road_hazard weather "
    "planned_event border_wait other",
    "/state": "active updated cleared",
    "/level": "info low medium high critical",
    "/magnitude": "unknown minor moderate major indefinite",
    "/restrictions/0/type": "local-access-only no-trucks travel-peak-hours-only hov-3 hov-2 no-parking no-passing "
    "reduced-width reduced-height reduced-length reduced-weight axle-load-limit gross-weight-limit towing-prohibited "
    "permitted-oversize-loads-prohibited",
    "/vehicle_impact": "all-lanes-closed some-lanes-closed all-lanes-open alternating-one-way "
    "some-lanes-closed-merge-left some-lanes-closed-merge-right all-lanes-open-shift-left all-lanes-open-shift-right "
    "some-lanes-closed-split flagging temporary-traffic-signal unknown",
    "/time_validity": "present future",
}


def test_a_point_off_the_earth_is_refused() -> None:
    payload = put(FULL[TYPE], "/geometry", {"type": "Point", "coordinates": [37.2, -93.3]})
    assert faults(TYPE, payload) == [("/geometry/coordinates/1", "out_of_bounds")]


@pytest.mark.parametrize("count", [0, 2001])
def test_a_multipoint_has_1_to_2000_points(count: int) -> None:
    payload = put(FULL[TYPE], "/geometry", {"type": "MultiPoint", "coordinates": [[0, 0]] * count})
    assert faults(TYPE, payload) == [("/geometry/coordinates", "out_of_bounds")]
