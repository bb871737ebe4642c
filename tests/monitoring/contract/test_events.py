"""The AsyncAPI document says of CloudEvents what is true."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from realtime.protocol.cloudevents.reading import decode_event
from realtime.protocol.cloudevents.writing import encode_event
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.errors import ProtocolError
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.sizes import SizeLimits
from tests.events import EVENT
from tests.frame_schemas import check_event, validators
from tests.realtime.protocol.payloads.examples import FULL

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIMITS = SizeLimits(usual=64 * 1024, packing_result=1024 * 1024)


@pytest.mark.parametrize("message_type", sorted(PAYLOADS))
def test_the_full_example_of_a_payload_fits_an_event(message_type: str) -> None:
    event = EVENT | {"type": f"kitt.v1.{message_type}", "data": FULL[message_type], "time": None, "correlationid": "c"}
    assert validators()[f"event.publish.{message_type}"].is_valid(event)


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"id": "a\u0085b"},
        {"source": "no blank"},
        {"type": "com.example"},
        {"data": None},
        {"time": "yesterday"},
        {"datacontenttype": "text/plain"},
        {"dataschema": "no-uri"},
        {"subject": ""},
        {"correlationid": "x" * 129},
        {"traceparent": "00"},
    ],
    ids=str,
)
def test_what_the_server_refuses_of_an_event_does_not_fit_either(changes: dict[str, Any]) -> None:
    event = EVENT | changes
    with pytest.raises(ProtocolError):
        decode_event(json.dumps(event), ENDPOINTS["freight"], now=NOW, limits=LIMITS)
    assert not validators()["event.publish.route_update"].is_valid(event)


def test_an_event_fits_that_has_what_had_to_be_encoded() -> None:
    frame = {
        "type": "notification",
        "timestamp": "2026-03-01T08:00:00Z",
        "payload": {"title": "t", "shipment_id": "\x00"},
        "correlation_id": "\u0085" * 128,
        "id": "\ufffe",
        "offset": 7,
        "sender": "tms",
    }
    check_event(json.loads(encode_event(json.dumps(frame), "notifications")))
