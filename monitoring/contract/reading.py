"""The AsyncAPI document in the order in which somebody reads it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Document = dict[str, Any]


class Field(NamedTuple):
    """One field of a payload, in words."""

    name: str
    type: str
    required: bool
    bounds: str
    description: str


class Message(NamedTuple):
    """A frame: its envelope as JSON Schema, its payload's fields one by one."""

    name: str
    summary: str
    fields: list[Field]
    schema: str


class Channel(NamedTuple):
    """An endpoint, what clients send to it, and what the server sends."""

    name: str
    address: str
    description: str
    from_clients: list[Message]
    from_server: list[Message]


def channels(document: Document) -> list[Channel]:
    return [channel(document, name) for name in document["channels"]]


def channel(document: Document, name: str) -> Channel:
    found, operations = document["channels"][name], document["operations"]
    return Channel(
        name,
        found["address"],
        found["description"],
        messages(document, operations[f"publish_{name}"]),
        messages(document, operations[f"subscribe_{name}"]),
    )


def messages(document: Document, operation: Document) -> list[Message]:
    names = [each["$ref"].rpartition("/")[2] for each in operation["messages"]]
    return [message(document, document["components"]["messages"][name]) for name in names]


def message(document: Document, found: Document) -> Message:
    schema = found["payload"]
    payload = resolved(document, schema["properties"]["payload"])
    return Message(found["name"], found["summary"], fields(document, payload), json.dumps(schema, indent=2))


def fields(document: Document, payload: Document) -> list[Field]:
    required = payload.get("required", [])
    return [
        Field(name, type_of(document, schema), name in required, bounds_of(schema), schema.get("description", ""))
        for name, schema in payload.get("properties", {}).items()
    ]


def type_of(document: Document, schema: Document) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        inner = resolved(document, schema).get("properties", {})
        return f"{name} {{{', '.join(inner)}}}" if inner else name
    if "anyOf" in schema:
        return " or ".join(type_of(document, each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"array of {type_of(document, schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("const") or schema.get("type") or "anything")


BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
    "minLength": "characters, at least",
    "maxLength": "characters, at most",
    "minItems": "entries, at least",
    "maxItems": "entries, at most",
}


def bounds_of(schema: Document) -> str:
    return "; ".join(f"{words} {schema[name]}" for name, words in BOUNDS.items() if name in schema)


def resolved(document: Document, schema: Document) -> Document:
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
