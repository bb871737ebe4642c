"""With KITT_AUTH=token: who may call what over HTTP."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import Permission, User
from django.db import OperationalError
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from realtime.auth.revocations import revoke
from realtime.models import Message
from realtime.protocol.endpoints import ENDPOINTS
from tests.storing import store_many
from tests.test_docs import urls
from tests.tokens import token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tokens_only")]

ENVELOPE = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}
UPDATE = {"endpoint": "freight", "sender": "tms", **ENVELOPE}
BATCH = {"endpoint": "freight", "sender": "tms", "messages": [ENVELOPE, ENVELOPE]}
METHODS = ("get", "post", "put", "patch", "delete", "options")

OPEN_PATHS = {"/openapi.json", "/asyncapi.json", "/docs/", "/docs/ws/", "/", "/health", "/health/live", "/health/ready"}
# Not of REST: tests/monitoring/ops and tests/monitoring/test_pages.py.
PAGE_PATHS = {"/live/", "/ops/", "/ops/data.json", "/favicon.ico"}
FILLED = {"<str:endpoint>": "freight", "<int:offset>": "1"}


def filled(path: str) -> str:
    for part, value in FILLED.items():
        path = path.replace(part, value)
    assert "<" not in path
    return path


PATHS = sorted({"/api/anything", *map(filled, urls(get_resolver().url_patterns))} - PAGE_PATHS)


def bearing(text: str) -> dict[str, Any]:
    return {"headers": {"authorization": f"Bearer {text}"}}


def post(client: Client, body: object = UPDATE, **options: Any) -> Any:
    return client.post("/api/messages", json.dumps(body), content_type="application/json", **options)


def logged_in(*permissions: str, check_csrf: bool = False, **kind: bool) -> Client:
    user = User.objects.create_user("ann", password="x", **{"is_staff": True, **kind})
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(enforce_csrf_checks=check_csrf)
    client.force_login(user)
    return client


# Every path


@pytest.mark.parametrize("path", [path for path in PATHS if path not in OPEN_PATHS])
@pytest.mark.parametrize("method", METHODS)
def test_every_path_but_those_of_probes_asks_for_a_token(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="kitt"'
    assert response.json()["code"] == "unauthorized"


@pytest.mark.parametrize("path", [path for path in PATHS if path not in OPEN_PATHS])
@pytest.mark.parametrize("bad", ["", "x", token(exp=1), token("another secret of 32 bytes and more")])
def test_a_bad_token_is_as_good_as_none(client: Client, path: str, bad: str) -> None:
    response = client.get(path, **bearing(bad))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="kitt", error="invalid_token"'


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
@pytest.mark.parametrize("headers", [{}, bearing("nonsense")])
def test_probes_need_no_token(client: Client, path: str, headers: dict[str, Any]) -> None:
    assert client.get(path, **headers).status_code == 200


def test_a_token_says_why_it_is_not_good(client: Client) -> None:
    assert client.get("/stats", **bearing(token(exp=1))).json()["detail"] == "The token has expired."


def test_a_token_in_the_query_is_not_taken(client: Client) -> None:
    assert client.get(f"/stats?token={token()}").status_code == 401


@pytest.mark.parametrize("header", ["Basic dG1zOng=", "Token abc"])
def test_other_kinds_of_proof_are_none(client: Client, header: str) -> None:
    response = client.get("/stats", headers={"authorization": header})
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="kitt"')


def test_an_open_door_looks_at_no_token(client: Client, settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="open")
    assert client.get("/stats", **bearing("nonsense")).status_code == 200
    assert post(client).status_code == 201


# Rights


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_to_read_an_endpoint_takes_the_right_to_subscribe_to_it(client: Client, endpoint: str) -> None:
    others = [name for name in ENDPOINTS if name != endpoint]
    missing = bearing(token(kitt={"publish": list(ENDPOINTS), "subscribe": others}))
    there = bearing(token(kitt={"subscribe": [endpoint]}))
    for path, found in ((f"/api/messages?endpoint={endpoint}", 200), (f"/api/messages/{endpoint}/1", 404)):
        response = client.get(path, **missing)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
        assert client.get(path, **there).status_code == found


def test_a_message_is_not_shown_without_the_right(client: Client) -> None:
    store_many(1)
    response = client.get("/api/messages/freight/1", **bearing(token(kitt={"subscribe": ["packing"]})))
    assert (response.status_code, "SH-1" in response.content.decode()) == (403, False)


def test_to_publish_takes_the_right_to(client: Client) -> None:
    response = post(client, **bearing(token(kitt={"subscribe": ["freight"], "publish": ["packing"]})))
    assert (response.status_code, response.json()["detail"]) == (403, "This client may not publish on freight.")
    assert not Message.objects.exists()
    assert post(client, **bearing(token(kitt={"publish": ["freight"]}))).status_code == 201


@pytest.mark.parametrize("body", [UPDATE, BATCH], ids=["one", "a batch"])
def test_the_sender_is_who_the_token_names(client: Client, body: dict[str, Any]) -> None:
    response = post(client, body, **bearing(token(sub="somebody-else")))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert [error["path"] for error in response.json()["errors"]] == ["/sender"]
    assert not Message.objects.exists()
    assert post(client, body, **bearing(token(sub="tms"))).status_code == 201


@pytest.mark.parametrize("body", ["{", "{}", '{"endpoint": "freight"}'])
def test_a_stranger_learns_nothing_from_a_bad_body(client: Client, body: str) -> None:
    assert client.post("/api/messages", body, content_type="application/json").status_code == 401


def test_any_token_may_see_the_connections(client: Client) -> None:
    assert client.get("/stats", **bearing(token(kitt={}))).status_code == 200


# Revocations


@pytest.mark.parametrize(("kind", "value"), [("client_id", "tms"), ("token_id", "t-1")])
def test_who_is_revoked_is_refused_at_once(client: Client, kind: str, value: str) -> None:
    good = bearing(token(sub="tms", jti="t-1"))
    assert client.get("/stats", **good).status_code == 200
    revoke(kind, value)
    response = client.get("/stats", **good)
    assert (response.status_code, "revoked" in response.json()["detail"]) == (401, True)
    assert post(client, **good).status_code == 401
    assert client.get("/stats", **bearing(token(sub="other", jti="t-2"))).status_code == 200


def test_a_user_can_be_revoked_too() -> None:
    browser = logged_in()
    revoke("client_id", "user:ann")
    assert browser.get("/stats").status_code == 401


def test_behind_an_open_door_a_revoked_sender_publishes_nothing(client: Client, settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="open")
    revoke("client_id", "tms")
    assert post(client).status_code == 403
    assert post(client, {**UPDATE, "sender": "other"}).status_code == 201


# Sessions


def test_staff_reads_with_a_session_what_it_may_look_at() -> None:
    browser = logged_in("view_message")
    assert browser.get("/stats").status_code == 200
    assert browser.get("/api/messages?endpoint=freight").status_code == 200
    assert post(browser, {**UPDATE, "sender": "user:ann"}).status_code == 403


def test_staff_without_the_permission_reads_no_messages() -> None:
    assert logged_in().get("/api/messages?endpoint=freight").status_code == 403


def test_a_user_who_is_no_staff_is_nobody() -> None:
    assert logged_in("view_message", is_staff=False).get("/stats").status_code == 401


def test_staff_publishes_with_a_session_under_its_own_name() -> None:
    browser = logged_in("view_message", "add_message")
    assert post(browser).status_code == 403
    assert post(browser, {**UPDATE, "sender": "user:ann"}).status_code == 201


def test_a_form_of_another_page_publishes_nothing() -> None:
    browser = logged_in(is_superuser=True, check_csrf=True)
    body = {**UPDATE, "sender": "user:ann"}
    assert post(browser, body).status_code == 403
    page = browser.get("/api/messages?endpoint=freight", headers={"accept": "text/html"})
    own = {"headers": {"x-csrftoken": page.cookies["csrftoken"].value}}
    assert post(browser, body, **own).status_code == 201


def test_a_token_counts_more_than_a_session() -> None:
    assert logged_in(is_superuser=True).get("/stats", **bearing(token(exp=1))).status_code == 401


# Faults


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_database_that_is_away_is_no_fault_of_the_token(
    client: Client, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    def fail(identity: object) -> bool:
        raise OperationalError("the address of the database")

    monkeypatch.setattr("monitoring.caller.is_revoked", fail)
    response = client.get("/stats", headers={"authorization": f"Bearer {token()}", "accept": accept})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "address" not in response.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_key_that_cannot_be_read_is_no_fault_of_the_token(client: Client, settings: Settings, accept: str) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, token_secret="", token_jwks_file="/nowhere/keys.json")
    response = client.get("/stats", headers={"authorization": f"Bearer {token()}", "accept": accept})
    assert (response.status_code, "/nowhere" in response.content.decode()) == (500, False)


def test_a_refusal_in_a_browser_is_a_page(client: Client) -> None:
    response = client.get("/stats", headers={"accept": "text/html"})
    assert (response.status_code, response.headers["Content-Type"]) == (401, "text/html; charset=utf-8")


# Guessing


@pytest.fixture
def few_failures(settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_failed_logins=3)


FORGED = "another secret of 32 bytes and more"


@pytest.mark.usefixtures("few_failures")
@pytest.mark.parametrize("guess", [token(FORGED), token(FORGED, exp=1), "x", "x.y.z", token(sub="")[:-4] + "AAAA"])
def test_who_guesses_tokens_has_to_wait(client: Client, guess: str) -> None:
    assert [client.get("/stats", **bearing(guess)).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    response = client.get("/stats", **bearing(guess))
    assert (response.json()["code"], response.json()["retryable"]) == ("rate_limited", True)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.usefixtures("few_failures")
def test_a_good_token_beside_bad_ones_need_not_wait(client: Client) -> None:
    for _ in range(5):
        client.get("/stats", **bearing(token(FORGED, sub="broken-tablet")))
    assert client.get("/stats", **bearing(token(sub="tms"))).status_code == 200
    assert client.get("/stats", **bearing(token(sub="broken-tablet"))).status_code == 429


@pytest.mark.usefixtures("few_failures")
@pytest.mark.parametrize("claims", [{"exp": 1}, {"nbf": 2**40}, {"aud": "elsewhere"}, {"sub": "no name"}, {"jti": "r"}])
def test_a_token_that_was_signed_here_is_no_guess(client: Client, claims: dict[str, Any]) -> None:
    revoke("token_id", "r")
    assert {client.get("/stats", **bearing(token(**claims))).status_code for _ in range(10)} == {401}


@pytest.mark.usefixtures("few_failures")
def test_who_brings_no_token_is_not_counted(client: Client) -> None:
    assert {client.get("/stats").status_code for _ in range(10)} == {401}
    assert client.get("/stats", **bearing(token())).status_code == 200
