"""GET /api/messages and GET /api/messages/<endpoint>/<offset>"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from realtime.models import Message, Stream
from tests.storing import new, store, store_many

pytestmark = pytest.mark.django_db


def search(client: Client, **query: object) -> Any:
    response = client.get("/api/messages", {"endpoint": "freight", **query})
    assert response.status_code == 200
    return response.json()


def offsets(page: Any) -> list[int]:
    return [message["offset"] for message in page["messages"]]


def test_a_stream_without_messages_has_an_empty_page(client: Client) -> None:
    page = search(client)
    assert page == {
        "endpoint": "freight",
        "epoch": Stream.objects.get(endpoint="freight").epoch,
        "head": 0,
        "messages": [],
        "next": None,
    }


def test_messages_are_the_stored_envelopes_to_the_letter(client: Client) -> None:
    (stored,) = store(new(payload={"shipment_id": "SH-1", "n": 1.50, "text": "ü"}))
    response = client.get("/api/messages", {"endpoint": "freight"})
    assert stored.text in response.content.decode()
    assert response.json()["messages"] == [json.loads(stored.text)]


def test_pages_follow_each_other_to_the_end(client: Client) -> None:
    store_many(5)
    page, seen = search(client, limit=2, sender="tms"), []
    while page["next"]:
        seen += offsets(page)
        page = client.get(page["next"]).json()
    assert seen + offsets(page) == [1, 2, 3, 4, 5]


def test_pages_backwards_follow_each_other_to_the_beginning(client: Client) -> None:
    store_many(5)
    page, seen = search(client, limit=2, before=6), []
    while page["next"]:
        seen.append(offsets(page))
        page = client.get(page["next"]).json()
    assert [*seen, offsets(page)] == [[4, 5], [2, 3], [1]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"after": 3}, [4, 5]),
        ({"before": 3}, [1, 2]),
        ({"after": 1, "before": 4}, [2, 3]),
        ({"after": 5}, []),
        ({"after": 2**63 - 1}, []),
        ({"limit": 1}, [1]),
        ({"before": 5, "limit": 1}, [4]),
        ({"unknown": "ignored"}, [1, 2, 3, 4, 5]),
    ],
)
def test_the_query_says_which_offsets(client: Client, query: dict[str, object], found: list[int]) -> None:
    store_many(5)
    assert offsets(search(client, **query)) == found


@pytest.mark.parametrize(
    "query",
    [{"type": "route_update"}, {"sender": "b"}, {"correlation_id": " c "}, {"shipment_id": "SH-2"}],
)
def test_the_query_says_what_is_in_them(client: Client, query: dict[str, object]) -> None:
    example = {"shipment_id": "SH-9", "origin": {"name": "A"}, "destination": {"name": "B"}}
    item = {"width": 1, "height": 1, "depth": 1, "weight": 1}
    store(
        new(type="shipment_request", payload={**example, "items": [item]}),
        new("SH-2", sender="b", correlation_id=" c "),
    )
    assert offsets(search(client, **query)) == [2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "trucks"),
        ("endpoint", ""),
        ("after", "-1"),
        ("after", "x"),
        ("before", str(2**63)),
        ("limit", "0"),
        ("limit", "1001"),
        ("type", "heartbeat"),
        ("sender", "\0"),
        ("correlation_id", "x" * 129),
        ("shipment_id", "x" * 65),
    ],
)
def test_a_bad_query_is_400_and_names_the_parameter(client: Client, name: str, value: str) -> None:
    response = client.get("/api/messages", {"endpoint": "freight", name: value})
    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [f"/{name}"]


def test_an_endpoint_must_be_given(client: Client) -> None:
    response = client.get("/api/messages")
    assert response.status_code == 400
    assert response.json()["errors"] == [{"path": "/endpoint", "code": "missing", "message": "This field is required."}]


def test_one_message_is_found_by_its_offset(client: Client) -> None:
    stored = store_many(2)
    response = client.get("/api/messages/freight/2")
    assert (response.status_code, response.content.decode()) == (200, stored[1].text)


@pytest.mark.parametrize("path", ["freight/2", "packing/1", "trucks/1", f"freight/{10**30}", "freight/x", "freight/-1"])
def test_a_message_that_is_not_there_is_404(client: Client, path: str) -> None:
    store_many(1)
    response = client.get(f"/api/messages/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_message_nested_deeper_than_the_stack_allows_is_still_read(client: Client) -> None:
    store_many(1)
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    Message.objects.update(envelope=deep)
    assert client.get("/api/messages/freight/1").content.decode() == deep
    assert client.get("/api/messages/freight/1", headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/messages?endpoint=freight", "/api/messages/freight/1"])
def test_a_browser_gets_a_page(client: Client, path: str) -> None:
    store_many(1)
    response = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "SH-1" in response.content.decode()


def test_the_page_of_a_browser_has_a_form_to_publish(client: Client) -> None:
    page = client.get("/api/messages?endpoint=freight", headers={"accept": "text/html"}).content.decode()
    assert 'name="_content"' in page


def test_the_page_of_a_browser_links_to_nothing_that_is_not_there(client: Client) -> None:
    page = client.get("/api/messages?endpoint=freight", headers={"accept": "text/html"}).content.decode()
    assert 'href="/api/"' not in page


def test_everybody_else_gets_json(client: Client) -> None:
    response = client.get("/api/messages?endpoint=freight", headers={"accept": "*/*"})
    assert response.headers["Content-Type"] == "application/json"


def test_a_database_that_is_away_is_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(query: object) -> None:
        raise OperationalError("the address of the database")

    monkeypatch.setattr("monitoring.api.views.search", fail)
    response = client.get("/api/messages", {"endpoint": "freight"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "address" not in response.content.decode()
