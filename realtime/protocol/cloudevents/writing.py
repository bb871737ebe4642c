"""The frames of `kitt.v1` as events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec

from realtime.protocol.cloudevents.attributes import SYSTEM_PREFIX, TYPE_PREFIX, as_string
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.schema import schema_id

# sequence.md wants values that sort as text; an offset is below 2**63.
SEQUENCE_DIGITS = 19


class Frame(msgspec.Struct):
    """A frame that the server made. Only a stored message has what need not be there."""

    type: str
    timestamp: str
    payload: msgspec.Raw
    correlation_id: str
    id: str = ""
    offset: int = 0
    sender: str = ""
    traceparent: str = ""
    tracestate: str = ""


class Subject(msgspec.Struct):
    """What a payload is about. A type without shipments of its own may have anything in a field of that name."""

    shipment_id: Any = None


FRAME = msgspec.json.Decoder(Frame)
SUBJECT = msgspec.json.Decoder(Subject)


def encode_event(text: str, endpoint: str) -> str:
    """The event of a frame that goes to the subscribers of `endpoint`, or to one of them."""
    frame = FRAME.decode(text)
    event = stored_event(frame, endpoint) if frame.offset else system_event(frame, endpoint)
    return msgspec.json.encode(event).decode()


def stored_event(frame: Frame, endpoint: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": as_string(frame.id),
        "source": f"{ENDPOINTS[endpoint].path}/{frame.sender}",
        "type": TYPE_PREFIX + frame.type,
        "time": frame.timestamp,
        "datacontenttype": "application/json",
        "dataschema": schema_id(frame.type),
        "correlationid": as_string(frame.correlation_id),
        "sequence": f"{frame.offset:0{SEQUENCE_DIGITS}}",
        "sender": frame.sender,
        **{name: value for name, value in optional_attributes(frame) if value},
        "data": frame.payload,
    }


def optional_attributes(frame: Frame) -> Iterator[tuple[str, str]]:
    """Empty where there is none."""
    subject = SUBJECT.decode(frame.payload).shipment_id
    yield "subject", as_string(subject) if isinstance(subject, str) else ""
    yield "traceparent", frame.traceparent
    yield "tracestate", frame.tracestate


def system_event(frame: Frame, endpoint: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": ENDPOINTS[endpoint].path,
        "type": SYSTEM_PREFIX + frame.type,
        "time": frame.timestamp,
        "datacontenttype": "application/json",
        "correlationid": as_string(frame.correlation_id),
        "data": frame.payload,
    }
