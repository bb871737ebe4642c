from __future__ import annotations

import json
from typing import Any

import pytest

from kitt_client.errors import FieldError
from kitt_client.frames import (
    BadFrame,
    Goodbye,
    HeartbeatReply,
    Message,
    Ping,
    Refusal,
    Welcome,
    message_frame,
    parse,
)


def frame(frame_type: str, payload: dict[str, Any], **fields: Any) -> str:
    return json.dumps({"type": frame_type, "payload": payload, "timestamp": "t", "correlation_id": "c", **fields})


def test_a_frame_with_an_offset_is_a_message() -> None:
    text = frame("error", {"code": "x"}, offset=7, sender="tms", id="i", more=1)
    assert parse(text, "e") == Message("error", {"code": "x"}, 7, "tms", "i", "t", "c", "e")


def test_an_error_without_an_offset_is_a_refusal() -> None:
    errors = [{"path": "/items", "code": "missing", "message": "is required", "more": 1}]
    payload = {"code": "validation_failed", "message": "No.", "retryable": False, "errors": errors}
    wanted = Refusal("c", "validation_failed", "No.", False, (FieldError("/items", "missing", "is required"),))
    assert parse(frame("error", payload), "e") == wanted


def test_a_welcome_is_read() -> None:
    payload = {"epoch": "e", "offset": 9, "recovered": True, "replayed": 2, "more": 1}
    text = frame("welcome", payload | {"heartbeat_interval_s": 25, "stale_after_s": 60})
    assert parse(text, "") == Welcome("e", 9, True, 2, 25.0, 60.0)


def test_pings_and_heartbeats_are_read() -> None:
    assert parse(frame("ping", {}), "e") == Ping()
    assert parse(frame("heartbeat", {"offset": 4}), "e") == HeartbeatReply(4)


@pytest.mark.parametrize("after", [None, 834])
def test_a_disconnect_is_read(after: int | None) -> None:
    payload = {"code": 4200, "reason": "server restarting", "reconnect": True, "retry_after_ms": after}
    assert parse(frame("disconnect", payload), "e") == Goodbye(4200, "server restarting", True, after)


def test_an_unknown_type_is_passed_over() -> None:
    assert parse(frame("news", {}), "e") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", "{}", '{"type":"welcome","payload":{}}', '{"offset":1}'])
def test_what_is_not_the_protocol_is_a_bad_frame(text: str) -> None:
    with pytest.raises(BadFrame):
        parse(text, "e")


def test_a_message_is_written_with_its_ids() -> None:
    text = message_frame("route_update", {"shipment_id": "Zürich"}, id="i", correlation_id="c", timestamp=None)
    assert json.loads(text) == {
        "type": "route_update",
        "payload": {"shipment_id": "Zürich"},
        "id": "i",
        "correlation_id": "c",
    }


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        message_frame("route_update", {"eta": float("nan")}, id="i", correlation_id="c", timestamp=None)
