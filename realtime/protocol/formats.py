"""The formats of frames that a client may choose from: what they say is the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from realtime.protocol.cloudevents.reading import decode_event
from realtime.protocol.cloudevents.writing import encode_event
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.envelope import Message, decode
from realtime.protocol.sizes import SizeLimits


class Decode(Protocol):
    """From what a client of an endpoint sent to a message. Raises ProtocolError."""

    def __call__(self, text: str, endpoint: Endpoint, *, now: datetime, limits: SizeLimits) -> Message: ...


class Encode(Protocol):
    """From a frame of `kitt.v1`, of this endpoint, to what goes on the wire."""

    def __call__(self, text: str, endpoint: str) -> str: ...


class Format(NamedTuple):
    """A WebSocket subprotocol, and how its frames are read and written."""

    subprotocol: str
    decode: Decode
    encode: Encode


def as_it_is(text: str, endpoint: str) -> str:
    return text


KITT = Format("kitt.v1", decode, as_it_is)
# https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/websockets-protocol-binding.md
CLOUD_EVENTS = Format("cloudevents.json", decode_event, encode_event)
FORMATS = (KITT, CLOUD_EVENTS)


def first_offered(subprotocols: Iterable[str]) -> Format | None:
    """The client names them in the order of its preference (RFC 6455 §4.1)."""
    by_name = {each.subprotocol: each for each in FORMATS}
    return next((by_name[name] for name in subprotocols if name in by_name), None)
