"""The OpenAPI document says of REST what is true."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.django_db(transaction=True)

Document = dict[str, Any]
UPDATE = {
    "endpoint": "freight",
    "sender": "tms",
    "type": "route_update",
    "payload": {"shipment_id": "SH-1"},
}


@pytest.fixture
def document(client: Client) -> Document:
    found: Document = client.get("/openapi.json").json()
    return found


def check(document: Document, path: str, method: str, answer: Any) -> None:
    """Raises ValidationError where an answer is not as the document says."""
    content = document["paths"][path][method]["responses"][str(answer.status_code)]["content"]
    schema = content[answer["Content-Type"].partition(";")[0]]["schema"]
    validator = jsonschema_rs.Draft202012Validator(schema | {"components": document["components"]})
    validator.validate(answer.json())


def test_it_is_valid_openapi_3_1(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_path_of_rest_is_there(document: Document) -> None:
    assert sorted(document["paths"]) == [
        *["/", "/api/messages", "/api/messages/{endpoint}/{offset}"],
        *["/health", "/health/live", "/health/ready", "/metrics", "/stats"],
    ]


@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/health/ready", "/stats"])
def test_answers_of_the_server_fit(client: Client, document: Document, path: str) -> None:
    check(document, path, "get", client.get(path, HTTP_ACCEPT="application/json"))


def test_answers_about_messages_fit(client: Client, document: Document) -> None:
    stored = client.post("/api/messages", UPDATE, content_type="application/json")
    check(document, "/api/messages", "post", stored)
    check(document, "/api/messages", "get", client.get("/api/messages?endpoint=freight"))
    check(document, "/api/messages/{endpoint}/{offset}", "get", client.get("/api/messages/freight/1"))


@pytest.mark.parametrize("body", [{}, UPDATE | {"type": "nothing"}, UPDATE | {"payload": {"shipment_id": 7}}])
def test_problems_fit(client: Client, document: Document, body: dict[str, Any]) -> None:
    check(document, "/api/messages", "post", client.post("/api/messages", body, content_type="application/json"))


def test_the_pages_that_show_the_documents_load_nothing_from_elsewhere(client: Client) -> None:
    for path in ("/docs/", "/docs/ws/"):
        page = client.get(path).content.decode()
        assert 'src="http' not in page
        assert 'rel="stylesheet" href="http' not in page
