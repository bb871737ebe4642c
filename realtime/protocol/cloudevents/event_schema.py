"""JSON Schema 2020-12 of whole events, in both directions, as `frame_schema` has it of the frames of `kitt.v1`."""

from __future__ import annotations

from realtime.protocol.cloudevents.attributes import SYSTEM_PREFIX, TYPE_PREFIX, Event, Identifier
from realtime.protocol.cloudevents.writing import SEQUENCE_DIGITS
from realtime.protocol.connect_query import ClientId
from realtime.protocol.endpoints import ENDPOINTS, HEARTBEAT, Endpoint
from realtime.protocol.frame_schema import OBJECT, REFS, TIMESTAMP, Schema, payload_of, simple, simple_properties, trace
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.schema import schema_id
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS

REQUIRED = ("specversion", "id", "source", "type", "data")
MADE = (*REQUIRED, "time", "datacontenttype", "correlationid")
"""What every event of the server has."""
ORDER = [
    *("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema"),
    *("correlationid", "sequence", "sender", "traceparent", "tracestate", "data"),
]
"""As docs/cloudevents.md has them."""

SEQUENCE: Schema = {
    "type": "string",
    "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
    "description": f"the offset in the endpoint's stream, in {SEQUENCE_DIGITS} digits",
}
# By reference: the pattern of a String names all of Unicode's noncharacters.
GIVEN: Schema = {"$ref": REFS.format(name="EventIdentifier")}
TEXT: Schema = {"$ref": REFS.format(name="EventText")}
SUBJECT: Schema = {"type": "string", "minLength": 1, "description": "the shipment_id of the data"}


def components() -> dict[str, Schema]:
    """What the events refer to, beside the payloads. A text that had to be percent-encoded is longer than it came."""
    identifier = simple(Identifier)
    text = {name: rule for name, rule in identifier.items() if name != "maxLength"}
    return {"EventIdentifier": identifier, "EventText": text}


def published_event(message_type: str) -> Schema:
    """What a client sends."""
    data = OBJECT if message_type == HEARTBEAT else payload_of(PAYLOADS, message_type)
    given = {"id": GIVEN, "correlationid": GIVEN, "time": TIMESTAMP}
    attributes = simple_properties(Event) | given | trace()
    named = {name: schema if name in REQUIRED else or_null(schema) for name, schema in attributes.items()}
    return event(TYPE_PREFIX + message_type, data, REQUIRED, named)


def stored_event(message_type: str, endpoint: Endpoint) -> Schema:
    """What every subscriber of the endpoint gets."""
    more = {
        "source": below(f"{endpoint.path}/"),
        "dataschema": {"const": schema_id(message_type)},
        "sequence": SEQUENCE,
        "sender": simple(ClientId),
    }
    data = payload_of(PAYLOADS, message_type)
    return event(
        TYPE_PREFIX + message_type,
        data,
        (*MADE, "dataschema", "sequence", "sender"),
        made() | more | {"subject": SUBJECT} | trace(),
    )


def system_event(message_type: str) -> Schema:
    """What the server says to one client alone."""
    source = {"enum": [endpoint.path for endpoint in ENDPOINTS.values()]}
    return event(
        SYSTEM_PREFIX + message_type, payload_of(SYSTEM_PAYLOADS, message_type), MADE, made() | {"source": source}
    )


def event(event_type: str, data: Schema, required: tuple[str, ...], attributes: dict[str, Schema]) -> Schema:
    named = {**attributes, "specversion": {"const": "1.0"}, "type": {"const": event_type}, "data": data}
    properties = {name: named[name] for name in sorted(named, key=ORDER.index)}
    return {"type": "object", "required": sorted(required, key=ORDER.index), "properties": properties}


def made() -> dict[str, Schema]:
    """What the server writes into every event."""
    return {
        "id": TEXT,
        "time": TIMESTAMP,
        "datacontenttype": {"const": "application/json"},
        "correlationid": TEXT,
    }


def below(place: str) -> Schema:
    return {"type": "string", "pattern": f"^{place}.+$", "description": f"{place} and the client_id of the sender"}


def or_null(schema: Schema) -> Schema:
    """An attribute that is null is not set (json-format.md §2.2)."""
    return {"anyOf": [schema, {"type": "null"}]}
