"""The messages of the AsyncAPI document: the frames of `kitt.v1`, and the same as CloudEvents."""

from __future__ import annotations

from typing import Any

from realtime.protocol import frame_schema
from realtime.protocol.cloudevents import event_schema
from realtime.protocol.endpoints import ENDPOINTS, HEARTBEAT
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS

Document = dict[str, Any]


def messages() -> dict[str, Document]:
    published = {f"publish.{name}": message(name, frame_schema.published_frame(name)) for name in PAYLOADS}
    heartbeat = {f"publish.{HEARTBEAT}": message(HEARTBEAT, frame_schema.heartbeat_frame())}
    stored = {f"stored.{name}": message(name, frame_schema.stored_frame(name)) for name in PAYLOADS}
    system = {f"system.{name}": message(name, frame_schema.system_frame(name)) for name in SYSTEM_PAYLOADS}
    return published | heartbeat | stored | system | events()


def events() -> dict[str, Document]:
    published = {
        f"event.publish.{name}": event(name, event_schema.published_event(name)) for name in (*PAYLOADS, HEARTBEAT)
    }
    stored = {
        f"event.stored.{name}": event(name, event_schema.stored_event(name, endpoint))
        for endpoint in ENDPOINTS.values()
        for name in endpoint.stored_types
    }
    system = {f"event.system.{name}": event(name, event_schema.system_event(name)) for name in SYSTEM_PAYLOADS}
    return published | stored | system


def event(name: str, schema: Document) -> Document:
    event_type = schema["properties"]["type"]["const"]
    return message(name, schema) | {
        "name": event_type,
        "title": event_type,
        "contentType": "application/cloudevents+json",
    }


def message(name: str, schema: Document) -> Document:
    """AsyncAPI calls the whole frame its payload."""
    kind = PAYLOADS.get(name) or SYSTEM_PAYLOADS[name]
    return {"name": name, "title": name, "summary": summary(kind), "payload": schema}


def summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]
