"""POST /api/messages"""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from django.test import Client
from pytest_django import Settings

from realtime.conf import KittSettings
from realtime.log.append import Stored
from realtime.models import Message, Stream
from realtime.protocol.errors import ProtocolError
from tests.monitoring.api.conftest import Post
from tests.storing import store_many

pytestmark = pytest.mark.django_db(transaction=True)

ENVELOPE = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}


def batch(post: Post, *envelopes: object) -> object:
    return post({"endpoint": "freight", "sender": "tms", "messages": envelopes})


def paths(response: object) -> list[str]:
    return [error["path"] for error in response.json()["errors"]]  # type: ignore[attr-defined]


def test_a_message_is_stored_and_answered_with_201(post: Post) -> None:
    response = post(id="r-1", correlation_id="c-1", timestamp="2026-03-01T08:00:00Z")
    assert response.status_code == 201
    assert response.json() == {
        "endpoint": "freight",
        "messages": [
            {
                "type": "route_update",
                "timestamp": "2026-03-01T08:00:00Z",
                "payload": {"shipment_id": "SH-1"},
                "correlation_id": "c-1",
                "id": "r-1",
                "offset": 1,
                "sender": "tms",
            }
        ],
    }


def test_the_answer_says_where_the_message_is(post: Post, client: Client) -> None:
    response = post()
    assert client.get(response.headers["Location"]).json() == response.json()["messages"][0]


def test_a_repeat_is_answered_with_200_and_the_stored_copy(post: Post) -> None:
    first, second = post(id="r-1"), post(id="r-1")
    assert (second.status_code, second.json()) == (200, first.json())
    assert Message.objects.count() == 1


def test_the_same_id_of_another_sender_is_another_message(post: Post) -> None:
    post(id="r-1")
    assert post(id="r-1", sender="other").status_code == 201


def test_an_id_that_was_used_for_another_message_is_a_conflict(post: Post) -> None:
    post(id="r-1")
    response = post(id="r-1", payload={"shipment_id": "SH-2"})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_a_batch_is_stored_in_its_order(post: Post) -> None:
    response = batch(post, *({**ENVELOPE, "id": f"r-{n}"} for n in range(500)))
    stored = response.json()["messages"]
    assert response.status_code == 201
    assert [(each["id"], each["offset"]) for each in stored] == [(f"r-{n}", n + 1) for n in range(500)]


def test_a_batch_of_repeats_and_new_ones_is_201(post: Post) -> None:
    batch(post, {**ENVELOPE, "id": "r-1"})
    response = batch(post, {**ENVELOPE, "id": "r-1"}, {**ENVELOPE, "id": "r-2"})
    assert response.status_code == 201
    assert [each["offset"] for each in response.json()["messages"]] == [1, 2]


def test_of_a_batch_with_a_bad_message_nothing_is_stored(post: Post) -> None:
    assert batch(post, ENVELOPE, {**ENVELOPE, "payload": {}}).status_code == 422
    assert not Message.objects.exists()


def test_of_a_batch_with_a_conflict_nothing_is_stored(post: Post) -> None:
    post(id="r-1")
    response = batch(post, ENVELOPE, {**ENVELOPE, "id": "r-1", "payload": {"shipment_id": "SH-2"}})
    assert response.status_code == 409
    assert Stream.objects.get(endpoint="freight").head == 1


def test_every_bad_message_of_a_batch_is_named(post: Post) -> None:
    response = batch(post, ENVELOPE, {"type": "route_update", "payload": {}}, {"type": 1, "payload": {}}, {})
    first = ["/messages/1/payload/shipment_id", "/messages/2/type"]
    assert paths(response) == [*first, "/messages/3/type", "/messages/3/payload"]
    assert response.json()["detail"] == "3 messages do not fit; none was stored."


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"endpoint": "trucks"}, "invalid_envelope", "/endpoint"),
        ({"endpoint": ["freight"]}, "invalid_envelope", "/endpoint"),
        ({"sender": "a b"}, "invalid_envelope", "/sender"),
        ({"sender": "x" * 65}, "invalid_envelope", "/sender"),
        ({"offset": 7}, "invalid_envelope", "/offset"),
        ({"timestamp": "yesterday"}, "invalid_envelope", "/timestamp"),
        ({"id": ""}, "invalid_envelope", "/id"),
        ({"messages": []}, "invalid_envelope", "/messages"),
        ({"messages": [7]}, "invalid_envelope", "/messages/0"),
        ({"messages": [{}] * 501}, "invalid_envelope", "/messages"),
        ({"messages": [{}]}, "invalid_envelope", "/type"),
        ({"type": "teleport"}, "unknown_type", "/type"),
        ({"type": "packing_result"}, "wrong_endpoint", "/type"),
        ({"type": "heartbeat"}, "wrong_endpoint", "/type"),
        ({"payload": {"shipment_id": ""}}, "validation_failed", "/payload/shipment_id"),
    ],
)
def test_a_message_that_does_not_fit_is_422_and_names_the_field(
    post: Post, changes: dict[str, object], code: str, path: str
) -> None:
    response = post(**changes)
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert path in paths(response)


@pytest.mark.parametrize("name", ["endpoint", "sender"])
def test_endpoint_and_sender_are_required(post: Post, name: str) -> None:
    assert paths(post({"endpoint": "freight", "sender": "tms", "messages": [ENVELOPE]} | {name: None})) == [f"/{name}"]


@pytest.mark.parametrize("body", ["", "{}", "[]", "7", "null"])
def test_a_body_without_a_message_is_422(post: Post, body: str) -> None:
    assert post(body).status_code == 422


def test_a_message_above_its_limit_is_413(post: Post) -> None:
    response = post(payload={"shipment_id": "SH-1", "note": "x" * 65 * 1024})
    assert (response.status_code, response.json()["code"], paths(response)) == (413, "too_large", [""])


def test_each_message_of_a_batch_has_its_own_limit(post: Post) -> None:
    large = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60 * 1024}}
    assert batch(post, large, large, large).status_code == 201


def test_a_packing_result_may_be_larger(post: Post) -> None:
    payload = {"shipment_id": "SH-1", "note": "x" * 900 * 1024}
    assert post(endpoint="packing", type="packing_result", payload=payload).status_code == 201


def test_a_body_above_the_servers_limit_is_413(post: Post, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert post(" " * 1001).status_code == 413


def test_the_limit_of_the_body_has_room_for_a_batch(settings: Settings) -> None:
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert limit == 16 * KittSettings().max_packing_result_bytes


@pytest.mark.parametrize(
    "body",
    ['{"a": NaN}', '{"a": Infinity}', '{"a": "\\ud800"}', "{", "[" * 100_000, b'{"a": "\xff"}', "1" * 5000],
)
def test_what_is_not_json_is_400(post: Post, body: str | bytes) -> None:
    response = post(body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_json")


def test_a_payload_that_is_nested_too_deeply_is_400(post: Post) -> None:
    nested = '{"a":' * 990 + "1" + "}" * 990
    assert post(f'{{"endpoint":"freight","sender":"tms","type":"route_update","payload":{nested}}}').status_code == 400


def test_a_database_that_is_away_is_503_and_says_when_to_come_back(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    future: Future[list[Stored]] = Future()
    future.set_exception(ProtocolError("upstream_unavailable"))
    monkeypatch.setattr("realtime.publishing.waiting.publish", lambda batch: future)
    response = post()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.json()["retryable"] is True


def test_a_commit_that_takes_too_long_is_504(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.publishing.waiting.publish", lambda batch: Future())
    monkeypatch.setattr("realtime.publishing.waiting.publish_and_wait.__defaults__", (0.01,))
    response = post()
    assert (response.status_code, response.json()["code"]) == (504, "timeout")


def test_a_message_of_a_browsers_form_is_stored(client: Client) -> None:
    response = client.post(
        "/api/messages",
        {"endpoint": "freight", "sender": "tms", **ENVELOPE},
        content_type="application/json",
        headers={"accept": "text/html"},
    )
    assert response.status_code == 201
    assert "SH-1" in response.content.decode()


def test_publishing_follows_what_was_there(post: Post) -> None:
    store_many(3)
    assert post().json()["messages"][0]["offset"] == 4
