"""Which sessions count, for what, and for how long."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from realtime.asgi import Scope
from realtime.auth.identity import EVERYWHERE, NOWHERE
from realtime.auth.sessions import LIFETIME_S, session_identity

pytestmark = pytest.mark.django_db

HOST = b"kitt.example:8000"
OWN = b"http://kitt.example:8000"


@pytest.fixture(autouse=True)
def our_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["kitt.example"]


def scope_of(user: User, *, origin: bytes | None = OWN, host: bytes = HOST, cookie: str = "{name}={key}") -> Scope:
    browser = Client()
    browser.force_login(user)
    text = cookie.format(name="sessionid", key=browser.cookies["sessionid"].value)
    headers = [(b"host", host), (b"cookie", text.encode())]
    return {"headers": [*headers, (b"origin", origin)] if origin is not None else headers}


def user(name: str = "ann", *permissions: str, **changes: Any) -> User:
    made = User.objects.create_user(name, password="x", **{"is_staff": True, **changes})
    made.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return made


def test_a_user_has_the_rights_of_its_permissions() -> None:
    reader = session_identity(scope_of(user("reader", "view_message")))
    writer = session_identity(scope_of(user("writer", "view_message", "add_message")))
    assert reader is not None
    assert writer is not None
    assert (reader.client_id, reader.subscribe, reader.publish) == ("user:reader", EVERYWHERE, NOWHERE)
    assert (writer.client_id, writer.subscribe, writer.publish) == ("user:writer", EVERYWHERE, EVERYWHERE)


def test_a_session_is_looked_at_again_after_a_while() -> None:
    before = time.time()
    identity = session_identity(scope_of(user()))
    assert identity is not None
    assert before + LIFETIME_S <= identity.expires_at <= time.time() + LIFETIME_S


@pytest.mark.parametrize("changes", [{"is_staff": False}, {"is_active": False}])
def test_only_active_staff_counts(changes: dict[str, bool]) -> None:
    assert session_identity(scope_of(user(is_superuser=True, **changes))) is None


@pytest.mark.parametrize("name", ["ann@example.com", "é", "x" * 60, "a:b"])
def test_a_name_that_is_no_client_id_is_replaced_by_a_number(name: str) -> None:
    somebody = user(name)
    identity = session_identity(scope_of(somebody))
    assert identity is not None
    assert identity.client_id == f"user::{somebody.pk}"


def test_two_users_never_share_a_name() -> None:
    first = user("ann@example.com")
    second = session_identity(scope_of(user(str(first.pk))))
    assert second is not None
    assert second.client_id == f"user:{first.pk}"


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"",
        b"null",
        b"file://",
        b"http://kitt.example",
        b"http://kitt.example:8001",
        b"http://evil.example",
        b"http://kitt.example:8000.evil.example",
        b"http://kitt.example:8000@evil.example",
        b"http://evil.example/kitt.example:8000",
        b"kitt.example:8000",
        b"http://[",
    ],
)
def test_a_cookie_counts_only_for_pages_of_this_host(origin: bytes | None) -> None:
    assert session_identity(scope_of(user(), origin=origin)) is None


@pytest.mark.parametrize("origin", [OWN, b"https://kitt.example:8000", b"HTTP://KITT.example:8000"])
def test_a_page_of_this_host_is_known_by_its_name_and_port(origin: bytes) -> None:
    assert session_identity(scope_of(user(), origin=origin)) is not None


def test_two_origins_or_none_of_the_host_are_nobodys_page() -> None:
    twice = scope_of(user())
    twice["headers"].append((b"origin", OWN))
    assert session_identity(twice) is None
    assert session_identity(scope_of(User.objects.get(), origin=b"http://", host=b"")) is None


@pytest.mark.parametrize("cookie", ["other=1; {name}={key}", "bad[=1; {name}={key}; =; ;", "{name}={key}"])
def test_other_cookies_do_no_harm(cookie: str) -> None:
    assert session_identity(scope_of(user(), cookie=cookie)) is not None


@pytest.mark.parametrize("cookie", ["", "{name}=", "{name}=unknown", "{name}=\x00", "other={key}", "é"])
def test_without_a_known_session_there_is_nobody(cookie: str) -> None:
    assert session_identity(scope_of(user(), cookie=cookie)) is None


def test_a_new_password_ends_the_sessions_of_the_old_one() -> None:
    somebody = user()
    scope = scope_of(somebody)
    somebody.set_password("another")
    somebody.save()
    assert session_identity(scope) is None


def test_the_name_of_the_cookie_is_djangos(settings: Settings) -> None:
    scope = scope_of(user(), cookie="other={key}")
    settings.SESSION_COOKIE_NAME = "other"
    assert session_identity(scope) is not None
