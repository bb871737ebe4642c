from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from realtime.protocol import frames
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import decode
from realtime.protocol.errors import ProtocolError
from realtime.protocol.sizes import SizeLimits

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FRAME = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}
TRACE = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
STATE = {"tracestate": "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"}


def stored(frame: dict[str, Any]) -> dict[str, Any]:
    message = decode(json.dumps(frame), ENDPOINTS["freight"], now=NOW, limits=SizeLimits(65536, 65536))
    found: dict[str, Any] = json.loads(frames.stored_message(message, offset=1, sender="tms"))
    return found


@pytest.mark.parametrize("trace", [TRACE, TRACE | STATE])
def test_a_trace_is_stored_as_it_came(trace: dict[str, str]) -> None:
    assert stored(FRAME | trace).items() >= trace.items()


def test_a_message_without_a_trace_says_nothing_of_one() -> None:
    assert not {"traceparent", "tracestate"} & stored(FRAME).keys()


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    ],
)
def test_a_traceparent_that_is_none_is_refused(traceparent: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        stored(FRAME | {"traceparent": traceparent})
    assert refused.value.code == "invalid_envelope"
    assert [(error.path, error.code) for error in refused.value.errors] == [("/traceparent", "bad_format")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (STATE, "inconsistent"),
        (TRACE | {"tracestate": ""}, "out_of_bounds"),
        (TRACE | {"tracestate": "x" * 513}, "out_of_bounds"),
        (TRACE | {"tracestate": "a=ü"}, "bad_format"),
        (TRACE | {"tracestate": None}, "wrong_type"),
    ],
)
def test_a_tracestate_that_is_none_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        stored(FRAME | fields)
    assert [(error.path, error.code) for error in refused.value.errors] == [("/tracestate", code)]
