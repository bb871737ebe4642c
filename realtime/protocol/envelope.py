"""From the text of a frame to an accepted message, or to the ProtocolError that says what is wrong with it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from realtime.protocol.checks import check_payload
from realtime.protocol.endpoints import ALL_TYPES, HEARTBEAT, Endpoint
from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.field_errors import field_errors
from realtime.protocol.identifiers import utc_text, uuid7
from realtime.protocol.nesting import MAX_DEPTH, is_too_deep
from realtime.protocol.payloads.common import END
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.shipments import shipment_ids_of
from realtime.protocol.sizes import SizeLimits, require_size, utf8_size

# RFC 3339 §5.6; msgspec's datetime alone would also take a blank for the T and an offset without a colon.
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

# Control characters would break log lines, and PostgreSQL refuses NUL in text.
Identifier = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[^\x00-\x1f\x7f]*" + END,
        description="text without control characters",
    ),
]

# https://www.w3.org/TR/trace-context/ §3.2: what is all zeros, and the version ff, is not valid.
Traceparent = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}" + END,
        description="a traceparent of the W3C, as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
]
Tracestate = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=512, pattern=r"^[\x20-\x7e]*" + END, description="printable ASCII"),
]

SERVER_FIELDS = ("offset", "sender")


class Envelope(msgspec.Struct):
    """What a client may send around a payload."""

    type: str
    payload: dict[str, Any]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)] | msgspec.UnsetType = msgspec.UNSET
    correlation_id: Identifier | msgspec.UnsetType = msgspec.UNSET
    id: Identifier | msgspec.UnsetType = msgspec.UNSET
    traceparent: Traceparent | msgspec.UnsetType = msgspec.UNSET
    tracestate: Tracestate | msgspec.UnsetType = msgspec.UNSET


class Message(msgspec.Struct, frozen=True):
    """An accepted message. `payload` is JSON text that was parsed and written anew, unknown fields included.

    `sent_at` is the timestamp as a time; `shipment_ids` are those that the payload speaks of, for search.
    """

    type: str
    timestamp: str
    sent_at: datetime
    payload: msgspec.Raw
    correlation_id: str
    id: str
    id_is_senders: bool
    shipment_ids: tuple[str, ...] = ()
    traceparent: str | None = None
    tracestate: str | None = None


def decode(text: str, endpoint: Endpoint, *, now: datetime, limits: SizeLimits) -> Message:
    """Check one frame that a client sent to `endpoint`.

    Raises ProtocolError; its `correlation_id` and `rejected_type` are those of the frame where they can be read.
    """
    size = utf8_size(text)
    require_size(size, limits.largest_of(endpoint.types))
    return checked(parse_object(text), size, endpoint, now, limits)


def check_object(frame: dict[str, Any], endpoint: Endpoint, *, now: datetime, limits: SizeLimits) -> Message:
    """Check an envelope that was parsed already, by msgspec, as part of something larger; only what is stored is taken.

    Its size is that of its shortest text. Raises ProtocolError as `decode` does.
    """
    if frame.get("type") == HEARTBEAT:
        raise ProtocolError("wrong_endpoint", "A heartbeat belongs to a socket; it is not stored.")
    return checked(frame, len(encode(frame)), endpoint, now, limits)


def checked(frame: dict[str, Any], size: int, endpoint: Endpoint, now: datetime, limits: SizeLimits) -> Message:
    try:
        message = accept(frame, endpoint, now)
        require_size(size, limits.of(message.type))
    except ProtocolError as error:
        error.correlation_id = readable(frame.get("correlation_id"))
        error.rejected_type = readable(frame.get("type"))
        raise
    return message


def parse_object(text: str) -> dict[str, Any]:
    try:
        frame = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        raise ProtocolError("invalid_json", f"The frame is not valid JSON text: {error}") from None
    except RecursionError:
        raise too_deep() from None
    if not isinstance(frame, dict):
        raise ProtocolError("invalid_envelope", "The frame must be a JSON object.")
    return frame


def accept(frame: dict[str, Any], endpoint: Endpoint, now: datetime) -> Message:
    errors = envelope_errors(frame)
    if errors:
        raise ProtocolError("invalid_envelope", errors=errors)
    message_type, payload = frame["type"], frame["payload"]
    require_type(message_type, endpoint)
    if message_type != HEARTBEAT:
        errors = check_payload(payload, PAYLOADS[message_type], now=now)
        if errors:
            raise ProtocolError("validation_failed", errors=errors)
    timestamp = frame.get("timestamp")
    return Message(
        type=message_type,
        timestamp=timestamp or utc_text(now),
        sent_at=utc_time(timestamp) if timestamp else now,
        payload=encode_payload(payload),
        correlation_id=frame.get("correlation_id") or str(uuid.uuid4()),
        id=frame.get("id") or uuid7(now),
        id_is_senders="id" in frame,
        shipment_ids=shipment_ids_of(payload),
        traceparent=frame.get("traceparent"),
        tracestate=frame.get("tracestate"),
    )


def envelope_errors(frame: dict[str, Any]) -> list[FieldError]:
    errors = field_errors(frame, Envelope)
    errors += [FieldError(f"/{name}", "not_allowed", "is set by the server") for name in SERVER_FIELDS if name in frame]
    if not errors and "tracestate" in frame and "traceparent" not in frame:
        errors.append(FieldError("/tracestate", "inconsistent", "means nothing without a traceparent"))
    timestamp = frame.get("timestamp")
    if not errors and timestamp is not None and not is_rfc_3339(timestamp):
        errors.append(FieldError("/timestamp", "bad_format", "must be an RFC 3339 time with an offset"))
    return errors


def is_rfc_3339(timestamp: str) -> bool:
    try:
        return RFC_3339.fullmatch(timestamp) is not None and bool(utc_time(timestamp))
    except OverflowError:
        # In UTC it is before the year 1 or after the year 9999.
        return False


def utc_time(timestamp: str) -> datetime:
    return msgspec.convert(timestamp, datetime).astimezone(UTC)


def require_type(message_type: str, endpoint: Endpoint) -> None:
    if message_type not in ALL_TYPES:
        raise ProtocolError("unknown_type", f"No message type is called {message_type[:64]!r}.")
    if message_type not in endpoint.types:
        raise ProtocolError("wrong_endpoint", f"{endpoint.path} takes {', '.join(endpoint.types)}; not {message_type}.")


def encode_payload(payload: dict[str, Any]) -> msgspec.Raw:
    text = encode(payload)
    if is_too_deep(text):
        raise too_deep()
    return msgspec.Raw(text)


def encode(value: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(value)
    except RecursionError:
        raise too_deep() from None


def too_deep() -> ProtocolError:
    return ProtocolError("invalid_json", f"The frame is nested too deeply: a payload has {MAX_DEPTH} levels at most.")


def readable(value: object) -> str | None:
    """A value of a refused frame that may be echoed, or None."""
    return value if isinstance(value, str) and 1 <= len(value) <= 128 and value.isprintable() else None
