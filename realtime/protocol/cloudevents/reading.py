"""From the text of an event to an accepted message, or to the ProtocolError that names its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from realtime.protocol.cloudevents.attributes import TYPE_PREFIX, Event
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.envelope import Message, checked, is_rfc_3339, parse_object, readable
from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.field_errors import MAX_ERRORS, field_errors, pointer
from realtime.protocol.sizes import SizeLimits, require_size, utf8_size

# The field of the envelope that an attribute becomes.
FIELDS = {
    "id": "id",
    "time": "timestamp",
    "correlationid": "correlation_id",
    "traceparent": "traceparent",
    "tracestate": "tracestate",
    "data": "payload",
}

SERVER_ATTRIBUTES = ("sequence", "sender")

# spec.md, "Naming Conventions".
NAME = re.compile(r"[a-z0-9]+")


def decode_event(text: str, endpoint: Endpoint, *, now: datetime, limits: SizeLimits) -> Message:
    """Check one event that a client sent to `endpoint`.

    Raises ProtocolError as `envelope.decode` does; its pointers lead into the event.
    """
    size = utf8_size(text)
    require_size(size, limits.largest_of(endpoint.types))
    event = without_unset(parse_object(text))
    try:
        return checked(envelope_of(event), size, endpoint, now, limits)
    except ProtocolError as refusal:
        refusal.correlation_id = readable(event.get("correlationid"))
        refusal.rejected_type = readable(type_name(event.get("type")))
        if refusal.code == "validation_failed":
            refusal.errors = tuple(FieldError(f"/data{e.path}", e.code, e.message) for e in refusal.errors)
        raise


def type_name(event_type: object) -> object:
    """That of `kitt.v1`, if it is one of KITT's."""
    return event_type.removeprefix(TYPE_PREFIX) if isinstance(event_type, str) else event_type


def without_unset(event: dict[str, Any]) -> dict[str, Any]:
    """An attribute that is null is not set (json-format.md §2.2); data that is null is null."""
    return {name: value for name, value in event.items() if value is not None or name == "data"}


def envelope_of(event: dict[str, Any]) -> dict[str, Any]:
    """What a client of `kitt.v1` would have sent. Raises ProtocolError."""
    errors = [*field_errors(event, Event), *name_errors(event)]
    if not errors and "time" in event and not is_rfc_3339(event["time"]):
        errors.append(FieldError("/time", "bad_format", "must be an RFC 3339 time with an offset"))
    if errors:
        raise ProtocolError("invalid_envelope", "This is not an event that is taken here.", errors[:MAX_ERRORS])
    event_type: str = event["type"]
    if not event_type.startswith(TYPE_PREFIX):
        raise ProtocolError("unknown_type", f"No event type is called {event_type[:64]!r}; they begin with kitt.v1.")
    envelope = {field: event[name] for name, field in FIELDS.items() if name in event}
    return {**envelope, "type": type_name(event_type)}


def name_errors(event: dict[str, Any]) -> Iterator[FieldError]:
    """Extensions that KITT does not know are ignored; what cannot be one is not."""
    for name in (name for name in event if name not in Event.__struct_fields__):
        path = pointer("", name)
        if name == "data_base64":
            yield FieldError(path, "wrong_type", "binary data is not taken; send a JSON object as data")
        elif name in SERVER_ATTRIBUTES:
            yield FieldError(path, "not_allowed", "is set by the server")
        elif NAME.fullmatch(name) is None:
            yield FieldError(path, "bad_format", "the name of an attribute has a to z and 0 to 9 alone")
