from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from realtime.protocol import frames
from realtime.protocol.close_codes import REASONS
from realtime.protocol.envelope import Message
from realtime.protocol.errors import FieldError, ProtocolError

NOW = datetime(2026, 3, 1, 8, 0, 0, 1500, tzinfo=UTC)
MESSAGE = Message(
    type="route_update",
    timestamp="2026-03-01T08:00:00Z",
    sent_at=NOW,
    payload=msgspec.Raw(b'{"shipment_id":"SH-1"}'),
    correlation_id="c-1",
    id="i-1",
    id_is_senders=True,
)


def read(text: str) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(text)
    assert {"type", "timestamp", "payload", "correlation_id"} <= set(frame)
    return frame


def test_a_stored_message_has_its_offset_and_its_sender() -> None:
    frame = read(frames.stored_message(MESSAGE, offset=7, sender="tms"))
    assert (frame["offset"], frame["sender"], frame["id"]) == (7, "tms", "i-1")
    assert frame["payload"] == {"shipment_id": "SH-1"}


def test_a_system_frame_has_the_servers_time_in_milliseconds() -> None:
    assert read(frames.ping(now=NOW))["timestamp"] == "2026-03-01T08:00:00.001Z"


def test_the_reply_to_a_heartbeat_has_its_correlation_id() -> None:
    frame = read(frames.heartbeat(correlation_id="c-1", offset=9, now=NOW))
    assert (frame["correlation_id"], frame["payload"]["offset"]) == ("c-1", 9)


def test_an_error_names_the_fields() -> None:
    refusal = ProtocolError("validation_failed", errors=[FieldError("/items/0/width", "out_of_bounds", "must be …")])
    payload = read(frames.error(refusal, now=NOW))["payload"]
    assert payload["errors"] == [{"path": "/items/0/width", "code": "out_of_bounds", "message": "must be …"}]
    assert (payload["code"], payload["retryable"]) == ("validation_failed", False)


@pytest.mark.parametrize("code", REASONS)
def test_a_disconnect_says_why_and_what_to_do(code: int) -> None:
    payload = read(frames.disconnect(code, spread=0.5, now=NOW))["payload"]
    assert (payload["code"], payload["reason"]) == (code, REASONS[code])
    assert payload["reconnect"] == (payload["retry_after_ms"] is not None) == (code >= 4100)


def test_two_frames_have_different_correlation_ids() -> None:
    assert read(frames.ping(now=NOW))["correlation_id"] != read(frames.ping(now=NOW))["correlation_id"]
