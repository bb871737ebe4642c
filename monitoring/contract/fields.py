"""The fields of a JSON Schema in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from monitoring.contract.prose import Prose, pieces

Document = dict[str, Any]


class Field(NamedTuple):
    """One field of an object."""

    name: str
    type: str
    required: bool
    bounds: str
    description: Prose


def fields(document: Document, schema: Document) -> list[Field]:
    required = schema.get("required", [])
    return [field(document, name, each, name in required) for name, each in schema.get("properties", {}).items()]


def field(document: Document, name: str, schema: Document, is_required: bool) -> Field:
    rules = without_null(document, schema)
    description = schema.get("description") or rules.get("description", "")
    return Field(name, type_of(document, schema), is_required, bounds_of(rules), pieces(description))


def without_null(document: Document, schema: Document) -> Document:
    """The rules of a value that may also be null."""
    choices = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    return resolved(document, choices[0]) if len(choices) == 1 else schema


def type_of(document: Document, schema: Document) -> str:
    if "$ref" in schema:
        name, inner = str(schema["$ref"]).rpartition("/")[2], resolved(document, schema)
        if "properties" not in inner:
            return type_of(document, inner)
        return f"{name} {{{', '.join(inner['properties'])}}}" if inner["properties"] else name
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
