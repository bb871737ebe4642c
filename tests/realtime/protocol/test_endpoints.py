from __future__ import annotations

from realtime.protocol.endpoints import ALL_TYPES, ENDPOINTS
from realtime.protocol.payloads.registry import PAYLOADS


def test_the_table_is_that_of_the_protocol() -> None:
    assert {endpoint.path: endpoint.types for endpoint in ENDPOINTS.values()} == {
        "/ws/freight": ("shipment_request", "route_update", "heartbeat"),
        "/ws/packing": ("packing_result", "damage_prediction", "heartbeat"),
        "/ws/notifications": ("notification", "weather_alert", "traffic_update", "error", "heartbeat"),
    }


def test_every_stored_type_has_a_payload_and_every_payload_an_endpoint() -> None:
    assert set(PAYLOADS) == ALL_TYPES - {"heartbeat"}
