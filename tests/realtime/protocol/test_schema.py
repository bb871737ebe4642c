"""The JSON Schema documents, and that docs/payloads.md names what they hold."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from realtime.protocol.errors import ERRORS
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.schema import payload_schema
from tests.realtime.protocol.payloads.examples import FULL

TYPES = sorted(PAYLOADS)
DOCS = (Path(__file__).parents[3] / "docs" / "payloads.md").read_text()


def refs(value: Any) -> set[str]:
    """Every $ref inside a schema."""
    return set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(value)))


def section(message_type: str) -> str:
    """The part of the docs about one type."""
    return DOCS.split(f"\n## `{message_type}`", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("message_type", TYPES)
def test_a_schema_names_its_dialect_and_itself(message_type: str) -> None:
    schema = payload_schema(message_type)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:kitt:v1:{message_type}"
    assert schema["title"] == message_type
    assert schema["description"]


@pytest.mark.parametrize("message_type", TYPES)
def test_every_reference_stays_inside_the_document(message_type: str) -> None:
    schema = payload_schema(message_type)
    assert refs(schema) <= {f"#/$defs/{name}" for name in schema["$defs"]}


@pytest.mark.parametrize("message_type", TYPES)
def test_the_full_example_holds_every_property(message_type: str) -> None:
    assert set(payload_schema(message_type)["properties"]) == set(FULL[message_type])


@pytest.mark.parametrize("message_type", TYPES)
def test_a_schema_can_be_written_as_json(message_type: str) -> None:
    assert json.loads(json.dumps(payload_schema(message_type))) == payload_schema(message_type)


def test_required_fields_are_those_of_the_design() -> None:
    assert payload_schema("shipment_request")["required"] == ["shipment_id", "origin", "destination", "items"]
    assert payload_schema("notification")["required"] == ["title"]


def test_a_choice_of_required_fields_is_written_as_any_of() -> None:
    choice = [{"required": ["shipment_id"]}, {"required": ["shipment_ids"]}]
    assert payload_schema("packing_result")["anyOf"] == choice


def test_bounds_and_units_are_in_the_schema() -> None:
    position = payload_schema("route_update")["$defs"]["VehiclePosition"]["properties"]
    assert position["speed_kph"] == {"description": "km/h", "type": "number", "minimum": 0, "maximum": 200}


def test_the_codes_of_an_error_are_those_of_the_one_table() -> None:
    assert set(payload_schema("error")["properties"]["code"]["enum"]) == set(ERRORS)


def test_patterns_hold_no_python_only_anchor() -> None:
    patterns = re.findall(r'"pattern": "([^"]+)"', json.dumps([payload_schema(name) for name in TYPES]))
    assert patterns
    assert all(pattern.startswith("^") and pattern.endswith("(?!\\\\n)$") for pattern in patterns)


def test_a_type_without_a_payload_has_no_schema() -> None:
    with pytest.raises(KeyError):
        payload_schema("heartbeat")


@pytest.mark.parametrize("message_type", TYPES)
def test_the_docs_name_every_field(message_type: str) -> None:
    named = section(message_type)
    assert [name for name in payload_schema(message_type)["properties"] if f"`{name}`" not in named] == []


@pytest.mark.parametrize("message_type", TYPES)
def test_the_docs_name_every_value_of_an_enum(message_type: str) -> None:
    enums = re.findall(r'"enum": \[([^]]+)\]', json.dumps(payload_schema(message_type)))
    values = [value for enum in enums for value in json.loads(f"[{enum}]")]
    text = section(message_type) + DOCS.split("\n## Shared types", 1)[1].split("\n## ", 1)[0]
    assert [value for value in values if value not in text] == []
