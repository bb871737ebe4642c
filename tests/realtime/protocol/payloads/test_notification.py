"""What a notification must hold and what is refused."""

from tests.realtime.protocol.payloads.changes import drop, faults
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "notification"
REQUIRED = ["/title"]
ACCEPTED = [
    ("/title", "x"),
    ("/title", "x" * 120),
    ("/body", ""),
    ("/body", "x" * 1000),
    ("/dedupe_key", "x" * 200),
    ("/shipment_ids", []),
    ("/shipment_ids", ["S"] * 200),
    ("/location", "Chicago"),
    ("/count", 1),
    ("/actions", []),
    ("/actions", [{"id": "a", "label": "A"}] * 5),
    ("/note", "x" * 1000),
    ("/audience/roles", []),
    ("/last_seen", "2026-03-02T16:00:00Z"),
]
REFUSED = [
    ("/title", "", "out_of_bounds"),
    ("/title", "x" * 121, "out_of_bounds"),
    ("/title", None, "wrong_type"),
    ("/body", "x" * 1001, "out_of_bounds"),
    ("/dedupe_key", "x" * 201, "out_of_bounds"),
    ("/notification_id", "", "bad_format"),
    ("/vehicle_id", "", "bad_format"),
    ("/shipment_ids", ["S"] * 201, "out_of_bounds"),
    ("/shipment_ids/0", "", "bad_format"),
    ("/audience/roles/1", "boss", "not_in_enum"),
    ("/requires_ack", 1, "wrong_type"),
    ("/acknowledged_at", "yesterday", "bad_format"),
    ("/acknowledged_by", "", "out_of_bounds"),
    ("/count", 0, "out_of_bounds"),
    ("/actions", [{}] * 6, "out_of_bounds"),
    ("/note", "x" * 1001, "out_of_bounds"),
    ("/last_seen", "2026-03-02T15:59:59Z", "inconsistent"),
    ("/requires_ack", False, "inconsistent"),
]
ENUMS = {
    "/kind": "delay eta_change late_departure arrival departure geofence dwell detention route_deviation "
    "prolonged_stop temperature missed_pickup missed_delivery hos damage_risk weather traffic packing assignment "
    "document tracking_lost ack system",
    "/level": "info low medium high critical",
    "/audience/roles/0": "dispatcher loader driver customer integrator admin",
    "/state": "open acknowledged resolved expired",
}


def test_a_critical_notification_need_not_say_that_it_wants_an_acknowledgement() -> None:
    assert faults(TYPE, drop(FULL[TYPE], "/requires_ack")) == []


def test_a_less_than_critical_notification_may_do_without_an_acknowledgement() -> None:
    assert faults(TYPE, MINIMAL[TYPE] | {"level": "high", "requires_ack": False}) == []


def test_the_location_is_checked() -> None:
    assert faults(TYPE, drop(FULL[TYPE], "/location/lat")) == [("/location/lat", "missing")]


def test_resolved_without_acknowledged_is_accepted() -> None:
    payload = MINIMAL[TYPE] | {"state": "resolved", "resolved_at": "2026-03-02T18:30:00Z"}
    assert faults(TYPE, payload) == []
