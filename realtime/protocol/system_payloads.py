"""The payloads of the frames that the server sends of its own: never stored, to one client alone."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.endpoints import HEARTBEAT
from realtime.protocol.errors import FieldError

WELCOME = "welcome"
PING = "ping"
ERROR = "error"
DISCONNECT = "disconnect"

Head = Annotated[int, Meta(ge=0, description="the offset of the stream's newest message; 0 for an empty stream")]


class Welcome(msgspec.Struct, frozen=True):
    """The first frame. `offset` is the stream's head: every later message is sent."""

    connection_id: str
    endpoint: str
    epoch: str
    offset: Head
    recovered: bool
    replayed: int
    heartbeat_interval_s: float
    stale_after_s: float


class Ping(msgspec.Struct, frozen=True):
    """To a client that has been silent: any frame is an answer."""


class HeartbeatReply(msgspec.Struct, frozen=True):
    """The answer to a heartbeat: the server's time and the stream's head."""

    server_time: str
    offset: Head


class Refusal(msgspec.Struct, frozen=True):
    """The answer to a frame that is refused; the connection stays open."""

    code: str
    message: str
    retryable: bool
    errors: tuple[FieldError, ...]
    rejected_type: str | UnsetType = UNSET


class Disconnect(msgspec.Struct, frozen=True):
    """Just before a close. `retry_after_ms` is this client's own; null where it should not come back."""

    code: int
    reason: str
    reconnect: bool
    retry_after_ms: int | None


SYSTEM_PAYLOADS: dict[str, type[msgspec.Struct]] = {
    WELCOME: Welcome,
    PING: Ping,
    HEARTBEAT: HeartbeatReply,
    ERROR: Refusal,
    DISCONNECT: Disconnect,
}
