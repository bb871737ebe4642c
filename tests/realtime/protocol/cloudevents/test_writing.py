from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol import frames
from realtime.protocol.cloudevents.writing import encode_event
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import decode
from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.schema import payload_schema
from realtime.protocol.sizes import SizeLimits
from tests.events import require_event

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIMITS = SizeLimits(usual=64 * 1024, packing_result=1024 * 1024)
SENT: dict[str, Any] = {
    "type": "route_update",
    "payload": {"shipment_id": "SH-1", "own": {"a": [1, None, 2.5, "ü"]}},
    "timestamp": "2025-01-19T10:00:00.5+01:00",
    "correlation_id": "c-1",
    "id": "i-1",
}


def stored(frame: dict[str, Any], endpoint: str = "freight", offset: int = 7) -> str:
    message = decode(json.dumps(frame), ENDPOINTS[endpoint], now=NOW, limits=LIMITS)
    return frames.stored_message(message, offset=offset, sender="tms:1")


def event_of(text: str, endpoint: str = "freight") -> dict[str, Any]:
    event: dict[str, Any] = json.loads(encode_event(text, endpoint))
    require_event(event)
    return event


def test_a_stored_message_is_an_event_with_all_that_its_envelope_has() -> None:
    assert event_of(stored(SENT)) == {
        "specversion": "1.0",
        "id": "i-1",
        "source": "/ws/freight/tms:1",
        "type": "kitt.v1.route_update",
        "time": "2025-01-19T10:00:00.5+01:00",
        "subject": "SH-1",
        "datacontenttype": "application/json",
        "dataschema": "urn:kitt:v1:route_update",
        "correlationid": "c-1",
        "sequence": "0000000000000000007",
        "sender": "tms:1",
        "data": SENT["payload"],
    }


def test_the_trace_context_of_a_message_is_that_of_the_extension() -> None:
    traced = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "congo=t61"}
    event = event_of(json.dumps({**json.loads(stored(SENT)), **traced}))
    assert {name: event[name] for name in traced} == traced


def test_the_schema_of_an_event_is_the_one_that_is_published() -> None:
    assert event_of(stored(SENT))["dataschema"] == payload_schema("route_update")["$id"]


def test_sequences_sort_as_text_as_their_offsets_do() -> None:
    offsets = [1, 9, 10, 2**31, 2**63 - 1]
    sequences = [event_of(stored(SENT, offset=offset))["sequence"] for offset in offsets]
    assert sequences == sorted(sequences)
    assert [int(sequence) for sequence in sequences] == offsets


@pytest.mark.parametrize("own", [{}, {"shipment_id": 5}, {"shipment_id": ""}, {"shipment_id": None}])
def test_a_message_without_a_shipment_has_no_subject(own: dict[str, Any]) -> None:
    frame = {"type": "notification", "payload": {"title": "t", **own}}
    assert "subject" not in event_of(stored(frame, "notifications"), "notifications")


def test_an_error_that_somebody_reports_is_not_an_error_of_the_server() -> None:
    report = {"type": "error", "payload": {"code": "internal", "message": "m"}}
    assert event_of(stored(report, "notifications"), "notifications")["type"] == "kitt.v1.error"
    assert event_of(frames.error(ProtocolError("internal"), now=NOW))["type"] == "kitt.v1.system.error"


@pytest.mark.parametrize(
    "text",
    [
        frames.ping(now=NOW),
        frames.heartbeat(correlation_id="c-1", offset=3, now=NOW),
        frames.error(ProtocolError("invalid_envelope", errors=[FieldError("/id", "missing", "is required")]), now=NOW),
        frames.disconnect(4200, spread=0.5, now=NOW),
    ],
)
def test_a_system_frame_is_an_event_of_the_endpoint_itself(text: str) -> None:
    frame, event = json.loads(text), event_of(text)
    assert event["source"] == "/ws/freight"
    assert event["type"] == f"kitt.v1.system.{frame['type']}"
    assert (event["data"], event["time"]) == (frame["payload"], frame["timestamp"])
    assert event["correlationid"] == frame["correlation_id"]
    assert not {"sequence", "sender", "subject", "dataschema"} & event.keys()


def test_two_system_events_have_different_ids() -> None:
    text = frames.ping(now=NOW)
    assert event_of(text)["id"] != event_of(text)["id"]


def test_a_character_that_an_attribute_must_not_have_is_percent_encoded() -> None:
    frame = {**SENT, "id": "a\x85b", "correlation_id": "\ufffe"}
    event = event_of(stored(frame))
    assert (event["id"], event["correlationid"]) == ("a%C2%85b", "%EF%BF%BE")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1, max_size=128))
def test_whatever_an_identifier_is_the_event_is_valid(text: str) -> None:
    identifier = "".join(character for character in text if character >= " ") or "x"
    own = {"title": "t", "shipment_id": text}
    frame = {"type": "notification", "payload": own, "id": identifier, "correlation_id": identifier}
    assert event_of(stored(frame, "notifications"), "notifications")["data"] == own
