"""JSON Schema 2020-12 documents of the payloads, made from the types that check them."""

from __future__ import annotations

from typing import Any

import msgspec

from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.registry import PAYLOADS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_id(message_type: str) -> str:
    return f"urn:kitt:v1:{message_type}"


def payload_schema(message_type: str) -> dict[str, Any]:
    """The schema of one message type's payload; KeyError for a type that has none.

    It holds every field's own rules. The rules between fields are in docs/payloads.md: a payload that fits the schema
    may still be refused for one of them, and one that does not fit is always refused.
    """
    payload_type = PAYLOADS[message_type]
    (root,), shapes = msgspec.json.schema_components([payload_type], ref_template="#/$defs/{name}")
    body = shapes.pop(root["$ref"].removeprefix("#/$defs/"))
    return {
        "$schema": DIALECT,
        "$id": schema_id(message_type),
        **with_choices(body, payload_type),
        "title": message_type,
        "$defs": shapes,
    }


def with_choices(schema: dict[str, Any], payload_type: type[Payload]) -> dict[str, Any]:
    """With the rule that one of several fields must be there, which msgspec does not know."""
    if not payload_type.one_of:
        return schema
    return schema | {"anyOf": [{"required": [name]} for name in payload_type.one_of]}
