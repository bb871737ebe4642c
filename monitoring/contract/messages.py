"""The messages of the AsyncAPI document: the frames of `kitt.v1`, and the same as CloudEvents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from realtime.protocol import frame_schema
from realtime.protocol.cloudevents import event_schema
from realtime.protocol.endpoints import ENDPOINTS, HEARTBEAT
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS

Document = dict[str, Any]

SIGN_OF_LIFE = "A sign of life, every 20 to 30 s. The server answers it."


def messages() -> dict[str, Document]:
    published = {f"publish.{name}": frame(name, frame_schema.published_frame(name), PAYLOADS) for name in PAYLOADS}
    heartbeat = {f"publish.{HEARTBEAT}": message(HEARTBEAT, frame_schema.heartbeat_frame(), SIGN_OF_LIFE)}
    stored = {f"stored.{name}": frame(name, frame_schema.stored_frame(name), PAYLOADS) for name in PAYLOADS}
    system = {
        f"system.{name}": frame(name, frame_schema.system_frame(name), SYSTEM_PAYLOADS) for name in SYSTEM_PAYLOADS
    }
    frames = published | heartbeat | stored | system
    return frames | {f"event.{name}": event(schema, frames[name]) for name, schema in event_schemas().items()}


def event_schemas() -> dict[str, Document]:
    """By the names of the frames that say the same."""
    published = {f"publish.{name}": event_schema.published_event(name) for name in (*PAYLOADS, HEARTBEAT)}
    stored = {
        f"stored.{name}": event_schema.stored_event(name, endpoint)
        for endpoint in ENDPOINTS.values()
        for name in endpoint.stored_types
    }
    system = {f"system.{name}": event_schema.system_event(name) for name in SYSTEM_PAYLOADS}
    return published | stored | system


def event(schema: Document, same: Document) -> Document:
    event_type = schema["properties"]["type"]["const"]
    return message(event_type, schema, same["summary"]) | {"contentType": "application/cloudevents+json"}


def frame(name: str, schema: Document, kinds: Mapping[str, type]) -> Document:
    return message(name, schema, (kinds[name].__doc__ or "").strip().splitlines()[0])


def message(name: str, schema: Document, summary: str) -> Document:
    """AsyncAPI calls the whole frame its payload."""
    return {"name": name, "title": name, "summary": summary, "payload": schema}
