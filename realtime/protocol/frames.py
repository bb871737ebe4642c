"""The frames that the server sends, as the text that goes on the wire."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from realtime.protocol import close_codes
from realtime.protocol.endpoints import ALL_TYPES, HEARTBEAT
from realtime.protocol.envelope import Message
from realtime.protocol.errors import ProtocolError
from realtime.protocol.identifiers import utc_text
from realtime.protocol.system_payloads import (
    DISCONNECT,
    ERROR,
    PING,
    SYSTEM_PAYLOADS,
    WELCOME,
    Disconnect,
    HeartbeatReply,
    Ping,
    Refusal,
    Welcome,
)

TYPES = frozenset((*ALL_TYPES, *SYSTEM_PAYLOADS))


def stored_message(message: Message, *, offset: int, sender: str) -> str:
    """The frame that every subscriber of the endpoint gets; the sender's own copy is its acknowledgement."""
    frame = {
        "type": message.type,
        "timestamp": message.timestamp,
        "payload": message.payload,
        "correlation_id": message.correlation_id,
        "id": message.id,
        "offset": offset,
        "sender": sender,
    }
    if message.traceparent is not None:
        frame["traceparent"] = message.traceparent
    if message.tracestate is not None:
        frame["tracestate"] = message.tracestate
    return encode(frame)


def welcome(payload: Welcome, *, now: datetime) -> str:
    return system_frame(WELCOME, payload, now=now)


def ping(*, now: datetime) -> str:
    return system_frame(PING, Ping(), now=now)


def heartbeat(*, correlation_id: str, offset: int, now: datetime) -> str:
    """The reply to a heartbeat, with the server's time and the offset of the stream's head."""
    return system_frame(HEARTBEAT, HeartbeatReply(utc_text(now), offset), now=now, correlation_id=correlation_id)


def error(refusal: ProtocolError, *, now: datetime) -> str:
    """The reply to a refused frame."""
    rejected_type = UNSET if refusal.rejected_type is None else refusal.rejected_type
    payload = Refusal(refusal.code, refusal.message, refusal.retryable, refusal.errors, rejected_type)
    return system_frame(ERROR, payload, now=now, correlation_id=refusal.correlation_id)


def disconnect(code: int, *, spread: float, over: float = 1.0, now: datetime) -> str:
    """The frame just before a close.

    `spread` (0..1) is this client's share of the time over which all come back: `over` seconds for 4200-4299.
    """
    reconnect = close_codes.may_reconnect(code)
    retry_after_ms = close_codes.retry_after_ms(code, spread, over) if reconnect else None
    payload = Disconnect(code, close_codes.REASONS[code], reconnect, retry_after_ms)
    return system_frame(DISCONNECT, payload, now=now)


def system_frame(frame_type: str, payload: msgspec.Struct, *, now: datetime, correlation_id: str | None = None) -> str:
    return encode(
        {
            "type": frame_type,
            "timestamp": utc_text(now),
            "payload": payload,
            "correlation_id": correlation_id or str(uuid.uuid4()),
        }
    )


TYPE_BEGINS = len('{"type":"')


def type_of(text: str) -> str:
    """The type of a frame that was made here, where it stands first; "other" for what was not."""
    found = text[TYPE_BEGINS : text.find('"', TYPE_BEGINS)]
    return found if found in TYPES else "other"


def encode(frame: dict[str, Any]) -> str:
    return msgspec.json.encode(frame).decode()
