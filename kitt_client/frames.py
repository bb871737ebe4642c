"""Frames of `kitt.v1`: text in, values out, and the other way round. No I/O.

Fields and types that are not known here are passed over: later servers may send more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kitt_client.errors import FieldError

HEARTBEAT = json.dumps({"type": "heartbeat", "payload": {}})


class BadFrame(Exception):
    """The server sent something that is not `kitt.v1`."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a stream, as it is stored. `offset` counts within `epoch`, the stream's life."""

    type: str
    payload: dict[str, Any]
    offset: int
    sender: str
    id: str
    timestamp: str
    correlation_id: str
    epoch: str
    traceparent: str | None = None
    tracestate: str | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    epoch: str
    offset: int
    recovered: bool
    replayed: int
    heartbeat_interval_s: float
    stale_after_s: float


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class HeartbeatReply:
    offset: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """An `error` that answers a frame of ours."""

    correlation_id: str
    code: str
    message: str
    retryable: bool
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Goodbye:
    """A `disconnect`: what the close that follows means."""

    code: int
    reason: str
    reconnect: bool
    retry_after_ms: int | None


Frame = Message | Welcome | Ping | HeartbeatReply | Refusal | Goodbye


def parse(text: str | bytes, epoch: str) -> Frame | None:
    """The frame that the server sent; None for a type that this client does not know. Raises BadFrame."""
    try:
        frame = json.loads(text)
        if "offset" in frame:
            return _message(frame, epoch)
        return _system(frame)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFrame(f"{type(error).__name__}: {error}") from error


def message_frame(
    type: str, payload: Mapping[str, object], *, id: str, correlation_id: str, **optional: str | None
) -> str:
    """Without the `optional` fields that are None.

    Raises TypeError or ValueError for a payload that is not JSON, NaN and lone surrogates included.
    """
    frame: dict[str, object] = {"type": type, "payload": dict(payload), "correlation_id": correlation_id, "id": id}
    frame |= {name: value for name, value in optional.items() if value is not None}
    return json.dumps(frame, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _message(frame: dict[str, Any], epoch: str) -> Message:
    return Message(
        type=frame["type"],
        payload=frame["payload"],
        offset=int(frame["offset"]),
        sender=frame["sender"],
        id=frame["id"],
        timestamp=frame["timestamp"],
        correlation_id=frame["correlation_id"],
        epoch=epoch,
        traceparent=frame.get("traceparent"),
        tracestate=frame.get("tracestate"),
    )


def _system(frame: dict[str, Any]) -> Frame | None:
    payload = frame["payload"]
    match frame["type"]:
        case "welcome":
            return _welcome(payload)
        case "ping":
            return Ping()
        case "heartbeat":
            return HeartbeatReply(offset=int(payload.get("offset", 0)))
        case "error":
            return _refusal(payload, frame["correlation_id"])
        case "disconnect":
            after = payload.get("retry_after_ms")
            reconnect = bool(payload.get("reconnect", True))
            return Goodbye(
                int(payload["code"]), str(payload["reason"]), reconnect, after if after is None else int(after)
            )
    return None


def _welcome(payload: dict[str, Any]) -> Welcome:
    return Welcome(
        epoch=str(payload["epoch"]),
        offset=int(payload["offset"]),
        recovered=bool(payload["recovered"]),
        replayed=int(payload["replayed"]),
        heartbeat_interval_s=float(payload["heartbeat_interval_s"]),
        stale_after_s=float(payload["stale_after_s"]),
    )


def _refusal(payload: dict[str, Any], correlation_id: str) -> Refusal:
    return Refusal(
        correlation_id=correlation_id,
        code=str(payload["code"]),
        message=str(payload["message"]),
        retryable=bool(payload.get("retryable", False)),
        errors=tuple(FieldError(e["path"], e["code"], e["message"]) for e in payload.get("errors", ())),
    )
