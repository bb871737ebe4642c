"""The AsyncAPI document says of the sockets what is true."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from realtime.protocol import close_codes
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.payloads.registry import PAYLOADS
from tests.frame_schemas import validators
from tests.realtime.protocol.payloads.examples import FULL

Document = dict[str, Any]


@pytest.fixture
def document(client: Client) -> Document:
    found: Document = client.get("/asyncapi.json", HTTP_HOST="localhost:8123").json()
    return found


def refs(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(refs(part) for part in value.values()))
    return set().union(*(refs(part) for part in value)) if isinstance(value, list) else set()


def found_at(document: Document, pointer: str) -> object:
    place: Any = document
    for part in pointer.removeprefix("#/").split("/"):
        place = place[part]
    return place


def test_there_is_a_channel_for_every_endpoint(document: Document) -> None:
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {endpoint.path for endpoint in ENDPOINTS.values()}


def test_every_reference_leads_somewhere(document: Document) -> None:
    assert all(found_at(document, each) for each in refs(document))


def test_it_names_the_server_as_its_reader_does(document: Document) -> None:
    assert document["servers"]["this"]["host"] == "localhost:8123"
    assert document["servers"]["this"]["protocol"] == "ws"


def test_clients_may_publish_what_the_endpoint_takes(document: Document) -> None:
    for endpoint in ENDPOINTS.values():
        messages = document["operations"][f"publish_{endpoint.name}"]["messages"]
        assert {each["$ref"].rpartition(".")[2] for each in messages} == {*endpoint.types}


def test_every_close_code_is_named(document: Document) -> None:
    for channel in document["channels"].values():
        assert {int(code) for code in re.findall(r"^- (\d{4})", channel["description"], re.M)} == {*close_codes.REASONS}


@pytest.mark.parametrize("message_type", sorted(PAYLOADS))
def test_the_full_example_of_a_payload_fits_what_clients_may_send(message_type: str) -> None:
    frame = {"type": message_type, "payload": FULL[message_type]}
    assert validators()[f"publish.{message_type}"].is_valid(frame)


@pytest.mark.parametrize("message_type", sorted(PAYLOADS))
def test_a_frame_without_its_required_fields_does_not_fit(message_type: str) -> None:
    assert not validators()[f"publish.{message_type}"].is_valid({"type": message_type, "payload": {}})


def test_every_type_may_be_sent_and_comes_as_an_event_too(document: Document) -> None:
    for name, message in document["components"]["messages"].items():
        if not name.startswith("event."):
            assert document["components"]["messages"][f"event.{name}"]["contentType"] == "application/cloudevents+json"
            assert message["name"] in document["components"]["messages"][f"event.{name}"]["name"]


def test_the_operations_name_the_format_that_a_client_chose(document: Document) -> None:
    for endpoint in ENDPOINTS.values():
        for action in ("publish", "subscribe"):
            operation = document["operations"][f"{action}_event_{endpoint.name}"]
            assert operation["title"] == "Subprotocol cloudevents.json"
            assert all("/messages/event." in each["$ref"] for each in operation["messages"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("publish.heartbeat", "sign of life"), ("system.error", "frame that is refused"), ("stored.error", "failure")],
)
def test_names_with_two_meanings_are_told_apart(document: Document, name: str, words: str) -> None:
    for message in (name, f"event.{name}"):
        assert words in document["components"]["messages"][message]["summary"]


def test_every_schema_is_a_schema(document: Document) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_page_has_every_message_in_both_formats(client: Client, document: Document) -> None:
    page = client.get("/docs/ws/").content.decode()
    names = {message["name"] for message in document["components"]["messages"].values()}
    assert all(f"<summary><code>{name}</code>" in page for name in names)
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
