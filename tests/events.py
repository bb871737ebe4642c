"""CloudEvents for tests: one to send, and whether one that came is what the specification asks for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from websockets import Subprotocol

CLOUD_EVENTS = Subprotocol("cloudevents.json")

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "https://tms.example/orders",
    "type": "kitt.v1.route_update",
    "data": {"shipment_id": "SH-1"},
}

NONCHARACTERS = {*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF))}
STRINGS = ("id", "type", "subject", "datacontenttype", "correlationid", "sequence", "sender")


def require_event(event: dict[str, Any]) -> None:
    """The rules of spec.md, json-format.md, sequence.md and correlation.md that can be seen in one event."""
    assert event["specversion"] == "1.0"
    assert {"id", "source", "type"} <= event.keys()
    assert "data_base64" not in event
    for name, value in event.items():
        assert re.fullmatch("[a-z0-9]{1,20}", name), name
        if name != "data":
            assert isinstance(value, str), name
            assert value, name
    for name in STRINGS:
        assert not any(is_not_allowed(ord(character)) for character in event.get(name, "")), name
    assert re.fullmatch(r"/[A-Za-z0-9._~!$&'()*+,;=:@/-]+", event["source"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", event["time"])
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert event["datacontenttype"] == "application/json"
    assert isinstance(event["data"], dict)
    assert re.fullmatch(r"urn:[a-z0-9]+:[a-z0-9_:]+", event.get("dataschema", "urn:kitt:none"))


def is_not_allowed(code: int) -> bool:
    """In a String: spec.md, "Type System"."""
    return code <= 0x1F or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in NONCHARACTERS


def frame_of(event: dict[str, Any]) -> dict[str, Any]:
    """The frame that says the same in `kitt.v1`."""
    frame = {
        "type": event["type"].removeprefix("kitt.v1.").removeprefix("system."),
        "timestamp": event["time"],
        "payload": event["data"],
        "correlation_id": event["correlationid"],
    }
    if "sequence" in event:
        frame |= {"id": event["id"], "offset": int(event["sequence"]), "sender": event["sender"]}
    return frame
