"""JSON Schema 2020-12 of whole frames, in both directions, made from the types that check and write them."""

from __future__ import annotations

from typing import Any

from msgspec.json import schema_components

from realtime.protocol.connect_query import ClientId
from realtime.protocol.endpoints import HEARTBEAT
from realtime.protocol.envelope import RFC_3339, Identifier, Traceparent, Tracestate
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.schema import with_choices
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS

Schema = dict[str, Any]

REFS = "#/components/schemas/{name}"
OBJECT: Schema = {"type": "object"}
TIMESTAMP: Schema = {
    "type": "string",
    "pattern": f"^{RFC_3339.pattern}$",
    "description": "RFC 3339 with an offset: when the sender made it",
}
OFFSET: Schema = {"type": "integer", "minimum": 1, "description": "the place in the endpoint's stream"}


def components() -> dict[str, Schema]:
    """Every schema by its name: what `REFS` refers to."""
    types = [*PAYLOADS.values(), *SYSTEM_PAYLOADS.values(), Identifier, ClientId]
    _, shapes = schema_components(types, ref_template=REFS)
    shapes |= {kind.__name__: with_choices(shapes[kind.__name__], kind) for kind in PAYLOADS.values()}
    return {name: without_discriminators(shape) for name, shape in shapes.items()}


def without_discriminators(schema: Any) -> Any:
    """OpenAPI's, which AsyncAPI writes in another way; the constant tags of the shapes say the same."""
    if isinstance(schema, dict):
        return {name: without_discriminators(part) for name, part in schema.items() if name != "discriminator"}
    return [without_discriminators(part) for part in schema] if isinstance(schema, list) else schema


def published_frame(message_type: str) -> Schema:
    """What a client sends."""
    return frame(message_type, payload_of(PAYLOADS, message_type), ("type", "payload"), {"id": identifier()} | trace())


def stored_frame(message_type: str) -> Schema:
    """What every subscriber of the endpoint gets; the sender's own copy is its acknowledgement."""
    server = {"id": identifier(), "offset": OFFSET, "sender": simple(ClientId)}
    required = ("type", "timestamp", "payload", "correlation_id", *server)
    return frame(message_type, payload_of(PAYLOADS, message_type), required, server | trace())


def system_frame(message_type: str) -> Schema:
    """What the server says to one client alone."""
    required = ("type", "timestamp", "payload", "correlation_id")
    return frame(message_type, payload_of(SYSTEM_PAYLOADS, message_type), required, {})


def heartbeat_frame() -> Schema:
    """A client's sign of life. Its payload may hold anything."""
    return frame(HEARTBEAT, OBJECT, ("type", "payload"), {"id": identifier()})


def frame(message_type: str, payload: Schema, required: tuple[str, ...], more: dict[str, Schema]) -> Schema:
    properties = {
        "type": {"const": message_type},
        "timestamp": TIMESTAMP,
        "payload": payload,
        "correlation_id": identifier() | {"description": "joins a request and its results"},
    }
    return {"type": "object", "required": [*required], "properties": properties | more}


def payload_of(table: dict[str, Any], message_type: str) -> Schema:
    return {"$ref": REFS.format(name=table[message_type].__name__)}


def trace() -> dict[str, Schema]:
    return {"traceparent": simple(Traceparent), "tracestate": simple(Tracestate)}


def identifier() -> Schema:
    return simple(Identifier)


def simple(kind: object) -> Schema:
    """The schema of a type that refers to no other."""
    (schema,), _ = schema_components([kind])
    return schema


def simple_properties(kind: type) -> dict[str, Schema]:
    """The properties of a type whose fields refer to no other."""
    (_,), shapes = schema_components([kind])
    properties: dict[str, Schema] = shapes[kind.__name__]["properties"]
    return properties
