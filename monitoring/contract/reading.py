"""The AsyncAPI document in the order in which somebody reads it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from monitoring.contract.fields import Field, fields, resolved
from monitoring.contract.prose import Prose, paragraphs, pieces

Document = dict[str, Any]


class Message(NamedTuple):
    """A frame: its envelope as JSON Schema, and in words the fields of its payload, or the attributes of an event."""

    name: str
    summary: Prose
    fields_of: str
    fields: list[Field]
    schema: str


class Format(NamedTuple):
    """What clients send to an endpoint, and what the server sends, in one subprotocol."""

    title: str
    from_clients: list[Message]
    from_server: list[Message]


class Channel(NamedTuple):
    """An endpoint, the query of its URL, and its messages."""

    name: str
    address: str
    summary: Prose
    query: list[Field]
    formats: list[Format]


def channels(document: Document) -> list[Channel]:
    return [channel(document, name) for name in document["channels"]]


def channel(document: Document, name: str) -> Channel:
    found = document["channels"][name]
    query = fields(document, found["bindings"]["ws"]["query"])
    return Channel(name, found["address"], paragraphs(found["description"])[0], query, formats(document, name))


def formats(document: Document, name: str) -> list[Format]:
    ours = [each for each in document["operations"].values() if each["channel"]["$ref"] == f"#/channels/{name}"]
    by_title = {
        title: [each for each in ours if each["title"] == title] for title in dict.fromkeys(o["title"] for o in ours)
    }
    return [Format(title, *(messages(document, each) for each in pair)) for title, pair in by_title.items()]


def messages(document: Document, operation: Document) -> list[Message]:
    names = [each["$ref"].rpartition("/")[2] for each in operation["messages"]]
    return [message(document, document["components"]["messages"][name]) for name in names]


def message(document: Document, found: Document) -> Message:
    schema = found["payload"]
    is_event = "payload" not in schema["properties"]
    described = schema if is_event else resolved(document, schema["properties"]["payload"])
    return Message(
        found["name"],
        pieces(found["summary"]),
        "attribute" if is_event else "payload",
        fields(document, described),
        json.dumps(schema, indent=2, ensure_ascii=True),
    )
