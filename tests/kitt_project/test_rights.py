"""Every route and method of REST, called by everybody: who gets in is what the table here says, and nobody else.

The routes come from the URL resolver. One that is not in the table fails: say there who may call it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import msgspec
import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from realtime.auth.revocations import revoke
from tests.routes import METHODS, all_routes
from tests.storing import store_many
from tests.tokens import EVERYTHING, token

pytestmark = pytest.mark.django_db(transaction=True)

READ, PUBLISH = "subscribe to freight", "publish on freight"


class Policy(NamedTuple):
    """`needs` has the right that each method takes; "" is none. `is_open`: for everybody, token or not.

    `is_document`: tells nothing of the state of this server.
    """

    path: str
    needs: dict[str, str]
    is_open: bool = False
    other_methods: int = 405
    is_document: bool = False
    strangers_of_staff: int | None = None
    """For the session of a staff user alone: the status that everybody else gets."""
    is_page: bool = False
    """Judged by the session alone; everybody else is shown, with 403, where to log in."""


def document(path: str) -> Policy:
    return Policy(path, {"GET": ""}, is_open=True, is_document=True)


POLICIES = {
    "/": Policy("/", {"GET": ""}, is_open=True),
    "/health": Policy("/health", {"GET": ""}, is_open=True),
    "/health/live": Policy("/health/live", {"GET": ""}, is_open=True),
    "/health/ready": Policy("/health/ready", {"GET": ""}, is_open=True),
    "/openapi.json": document("/openapi.json"),
    "/asyncapi.json": document("/asyncapi.json"),
    "/docs/": document("/docs/"),
    "/docs/ws/": document("/docs/ws/"),
    "/favicon.ico": document("/favicon.ico"),
    "/stats": Policy("/stats", {"GET": ""}),
    "/metrics": Policy("/metrics", {"GET": ""}),
    "/live/": Policy("/live/", {"GET": READ}, is_page=True),
    "/ops/": Policy("/ops/", {"GET": ""}, strangers_of_staff=302),
    "/ops/data.json": Policy("/ops/data.json", {"GET": ""}, strangers_of_staff=401),
    "/api/messages": Policy("/api/messages?endpoint=freight", {"GET": READ, "POST": PUBLISH}),
    "/api/messages/<str:endpoint>/<int:offset>": Policy("/api/messages/freight/1", {"GET": READ}),
    "/api/": Policy("/api/anything", {}, other_methods=404),
}

ROUTES = [route.pattern for route in all_routes() if not route.pattern.startswith("/admin/")]


class Caller(NamedTuple):
    """`rights` is None for somebody who is nobody here."""

    client: Client
    rights: set[str] | None
    sender: str = "tms"
    is_staff: bool = False


@pytest.fixture(autouse=True)
def many_failures(settings: Settings, tokens_only: None) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_failed_logins=1000)


def bearing(text: str, rights: set[str] | None = None) -> Caller:
    return Caller(Client(headers={"authorization": f"Bearer {text}"}), rights)


def logged_in(name: str, rights: set[str] | None, *permissions: str, is_staff: bool = True) -> Caller:
    user = User.objects.create_user(name, password="x", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return Caller(client, rights, f"user:{name}", is_staff)


def everybody() -> dict[str, Caller]:
    revoke("token_id", "revoked")
    return {
        "nobody": Caller(Client(), None),
        "a broken token": bearing("x.y.z"),
        "an expired token": bearing(token(exp=1)),
        "a token of another issuer": bearing(token("another secret of 32 bytes and more")),
        "a revoked token": bearing(token(jti="revoked")),
        "a token without rights": bearing(token(kitt={}), set()),
        "a token to subscribe": bearing(token(kitt={"subscribe": ["freight"]}), {READ}),
        "a token to publish": bearing(token(kitt={"publish": ["freight"]}), {PUBLISH}),
        "a token for another endpoint": bearing(token(kitt={name: ["packing"] for name in EVERYTHING}), set()),
        "a token for everything": bearing(token(), {READ, PUBLISH}),
        "a user": logged_in("plain", None, "view_message", "add_message", is_staff=False),
        "staff": logged_in("staff", set()),
        "staff that may look": logged_in("viewer", {READ}, "view_message"),
        "staff that may publish": logged_in("writer", {PUBLISH}, "add_message"),
    }


def expected(policy: Policy, method: str, caller: Caller) -> set[int]:
    """The statuses that are right."""
    rights = caller.rights
    if policy.strangers_of_staff and not caller.is_staff:
        return {policy.strangers_of_staff}
    if policy.is_page and not caller.is_staff:
        rights = set()
    if not policy.is_open and rights is None:
        return {401}
    needed = policy.needs.get("GET" if method == "HEAD" else method)
    if needed is None:
        return {200} if method == "OPTIONS" and policy.other_methods == 405 else {policy.other_methods}
    return {200, 201} if needed == "" or needed in (rights or ()) else {403}


def ask(caller: Caller, method: str, path: str) -> Any:
    body = {"endpoint": "freight", "sender": caller.sender, "type": "route_update", "payload": {"shipment_id": "S"}}
    data = json.dumps(body) if method in ("POST", "PUT", "PATCH") else ""
    return caller.client.generic(method, path, data, content_type="application/json")


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_lets_in_whom_its_policy_names(route: str) -> None:
    assert route in POLICIES, "a new route: say in POLICIES who may call it"
    policy = POLICIES[route]
    store_many(1)
    wrong = []
    for name, caller in everybody().items():
        for method in METHODS:
            found = ask(caller, method, policy.path).status_code
            if found not in (wanted := expected(policy, method, caller)):
                wrong.append(f"{method} by {name}: {found} instead of {wanted}")
    assert wrong == []


def test_the_table_has_no_route_that_is_gone() -> None:
    assert sorted(POLICIES) == sorted(ROUTES)


TOLD_TO_STRANGERS = {
    "/": {"name", "version", "endpoints", "links"},
    "/health": {"status", "database", "layer", "live_connections", "node", "version"},
    "/health/live": {"status"},
    "/health/ready": {"status", "database", "layer", "stopping"},
}


@pytest.mark.parametrize(
    "path", [policy.path for policy in POLICIES.values() if policy.is_open and not policy.is_document]
)
def test_what_a_stranger_is_told_is_no_more_than_this(client: Client, path: str) -> None:
    told = client.get(path).json()
    assert set(told) == TOLD_TO_STRANGERS[path]
    for probe in {"database", "layer"} & set(told):
        assert set(told[probe]) == {"status", "duration_ms", "error"}
