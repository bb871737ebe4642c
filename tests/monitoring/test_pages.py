"""The live page as a document: who gets it, and what it may load. What it does is tested in a browser."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from realtime.conf import KittSettings
from tests.tokens import SECRET

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Django logs every 4xx."""
    caplog.set_level(logging.CRITICAL, "django.request")


@pytest.fixture
def guarded(settings: Settings) -> None:
    settings.KITT = KittSettings(auth="token", token_secret=SECRET)


def log_in(client: Client, *permissions: str, is_staff: bool = True) -> None:
    user = User.objects.create_user("ann", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def test_a_browser_is_led_from_the_root_to_the_live_page(client: Client) -> None:
    response = client.get("/", headers=HTML)
    assert (response.status_code, response.headers["Location"]) == (302, "/live/")
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_programs_get_json_from_the_root(accept: str, client: Client) -> None:
    assert client.get("/", headers={"accept": accept}).json()["name"] == "KITT"


def test_behind_an_open_door_anybody_gets_the_page(client: Client) -> None:
    response = client.get("/live/")
    assert response.status_code == 200
    assert 'data-may-publish="yes"' in response.text


def test_the_page_may_load_nothing_from_elsewhere_and_is_not_framed(client: Client) -> None:
    policy = client.get("/live/").headers["Content-Security-Policy"]
    assert "default-src 'self'; connect-src 'self' ws: wss:" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_without_an_icon_of_its_own_has_that_of_kitt(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert response.content.startswith(b"<svg")


@pytest.mark.usefixtures("db", "guarded")
def test_who_is_not_logged_in_is_told_so_with_a_way_to_log_in(client: Client) -> None:
    response = client.get("/live/")
    assert response.status_code == 403
    assert 'href="/admin/login/?next=/live/"' in response.text
    assert "live.js" not in response.text


@pytest.mark.usefixtures("db", "guarded")
def test_a_staff_user_who_may_view_messages_gets_the_page(client: Client) -> None:
    log_in(client, "view_message")
    response = client.get("/live/")
    assert response.status_code == 200
    assert 'data-user="ann"' in response.text
    assert 'data-may-publish="no"' in response.text


@pytest.mark.usefixtures("db", "guarded")
def test_a_staff_user_who_may_add_messages_may_acknowledge(client: Client) -> None:
    log_in(client, "view_message", "add_message")
    assert 'data-may-publish="yes"' in client.get("/live/").text


@pytest.mark.usefixtures("db", "guarded")
@pytest.mark.parametrize(("permissions", "is_staff"), [((), True), (("view_message",), False)])
def test_a_user_without_the_right_is_told_so(permissions: tuple[str, ...], is_staff: bool, client: Client) -> None:
    log_in(client, *permissions, is_staff=is_staff)
    response = client.get("/live/")
    assert response.status_code == 403
    assert "You are logged in as <strong>ann</strong>" in response.text
