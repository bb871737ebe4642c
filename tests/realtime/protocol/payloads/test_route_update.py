"""What a route_update must hold and what is refused."""

from tests.realtime.protocol.payloads.changes import faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "route_update"
REQUIRED = ["/shipment_id", "/position/lat", "/position/lon", "/route/geometry/type", "/route/geometry/coordinates"]
ACCEPTED = [
    ("/sequence", 0),
    ("/observed_at", "2026-03-02T16:01:00Z"),
    ("/position/lat", -90),
    ("/position/lat", 90),
    ("/position/lon", -180),
    ("/position/lon", 180),
    ("/position/speed_kph", 0),
    ("/position/speed_kph", 200),
    ("/position/heading_deg", 0),
    ("/position/heading_deg", 359.9),
    ("/position/accuracy_m", 0),
    ("/position/altitude_m", -420),
    ("/status_code", "D1"),
    ("/reason_code", "BQ"),
    ("/stop/sequence", 1),
    ("/stop/sequence", 99),
    ("/stop/departed_at", "2026-03-02T14:10:00Z"),
    ("/eta/confidence", 0),
    ("/eta/confidence", 1),
    ("/eta/delta_min", -15),
    ("/eta/low", "2026-03-04T14:20:00Z"),
    ("/route/distance_m", 0),
    ("/route/duration_s", 0),
    ("/route/geometry/coordinates", [[0, 0], [180, 90, 12]]),
    ("/route/geometry/coordinates", [[-180, -90]] * 5000),
    ("/remaining_distance_m", 0),
    ("/remaining_duration_s", 0),
    ("/off_route_m", 0),
    ("/hos_remaining_min", 0),
    ("/hos_remaining_min", 4200),
    ("/temperature_c", -60),
    ("/temperature_c", 60),
    ("/cause/ref", "x" * 200),
]
REFUSED = [
    ("/shipment_id", " ", "bad_format"),
    ("/event_id", "a b", "bad_format"),
    ("/vehicle_id", "", "bad_format"),
    ("/sequence", -1, "out_of_bounds"),
    ("/sequence", 1.5, "wrong_type"),
    ("/observed_at", "2026-03-02T16:01:01Z", "out_of_bounds"),
    ("/observed_at", 1772467445, "wrong_type"),
    ("/observed_at", "2026-03-02T15:04:05", "bad_format"),
    ("/observed_at", "2026-02-30T15:04:05Z", "bad_format"),
    ("/position/lat", -90.1, "out_of_bounds"),
    ("/position/lat", 90.1, "out_of_bounds"),
    ("/position/lon", -180.1, "out_of_bounds"),
    ("/position/lon", 180.1, "out_of_bounds"),
    ("/position/speed_kph", -0.1, "out_of_bounds"),
    ("/position/speed_kph", 200.1, "out_of_bounds"),
    ("/position/heading_deg", -0.1, "out_of_bounds"),
    ("/position/heading_deg", 360, "out_of_bounds"),
    ("/position/accuracy_m", -1, "out_of_bounds"),
    ("/status_code", "X", "bad_format"),
    ("/status_code", "X66", "bad_format"),
    ("/reason_code", "ao", "bad_format"),
    ("/stop/sequence", 0, "out_of_bounds"),
    ("/stop/sequence", 100, "out_of_bounds"),
    ("/stop/departed_at", "2026-03-02T14:09:59Z", "inconsistent"),
    ("/eta/confidence", -0.1, "out_of_bounds"),
    ("/eta/confidence", 1.1, "out_of_bounds"),
    ("/eta/high", "2026-03-04T14:19:59Z", "inconsistent"),
    ("/eta/estimated_at", "2026-03-04T13:39:59Z", "inconsistent"),
    ("/route/distance_m", -1, "out_of_bounds"),
    ("/route/duration_s", -1, "out_of_bounds"),
    ("/route/geometry/type", "Polygon", "not_in_enum"),
    ("/route/geometry/coordinates", [[0, 0]], "out_of_bounds"),
    ("/route/geometry/coordinates", [[0, 0]] * 5001, "out_of_bounds"),
    ("/route/geometry/coordinates/1", [0], "out_of_bounds"),
    ("/route/geometry/coordinates/1", [0, 0, 0, 0], "out_of_bounds"),
    ("/route/geometry/coordinates/1/0", "west", "wrong_type"),
    ("/route/geometry/coordinates/1/0", 180.1, "out_of_bounds"),
    ("/route/geometry/coordinates/1/1", -90.1, "out_of_bounds"),
    ("/remaining_distance_m", -1, "out_of_bounds"),
    ("/remaining_duration_s", -1, "out_of_bounds"),
    ("/off_route_m", -1, "out_of_bounds"),
    ("/hos_remaining_min", -1, "out_of_bounds"),
    ("/hos_remaining_min", 4201, "out_of_bounds"),
    ("/temperature_c", -61, "out_of_bounds"),
    ("/temperature_c", 61, "out_of_bounds"),
    ("/cause/ref", "", "out_of_bounds"),
]
ENUMS = {
    "/update_kind": "position status eta route deviation",
    "/source": "eld telematics mobile_app carrier_api edi_214 manual router simulated",
    "/motion": "moving idle stopped offline",
    "/status": "planned tendered accepted declined dispatched at_pickup loaded in_transit at_stop at_delivery "
    "delivered delayed exception cancelled",
    "/route/lifecycle": "planned projected actual",
    "/cause/type": "weather traffic packing other",
}


def test_a_span_without_an_estimate_must_not_be_upside_down() -> None:
    payload = put(MINIMAL[TYPE], "/eta", {"low": "2026-03-04T14:00:00Z", "high": "2026-03-04T13:00:00Z"})
    assert faults(TYPE, payload) == [("/eta/high", "inconsistent")]


def test_the_location_of_a_stop_is_checked() -> None:
    assert faults(TYPE, put(FULL[TYPE], "/stop/location", {"lat": 1})) == [("/stop/location/lon", "missing")]


def test_the_update_kind_does_not_force_a_block() -> None:
    assert faults(TYPE, put(MINIMAL[TYPE], "/update_kind", "position")) == []


def test_times_of_different_offsets_are_compared_as_instants() -> None:
    stop = {"arrived_at": "2026-03-02T10:00:00-06:00", "departed_at": "2026-03-02T16:30:00Z"}
    assert faults(TYPE, put(MINIMAL[TYPE], "/stop", stop)) == []
