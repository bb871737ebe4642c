"""The login of the admin, for who knows the password and for who guesses it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from realtime.auth.guessing import NAMES

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
OK, FOUND, TOO_MANY = 200, 302, 429


@pytest.fixture(autouse=True)
def ann(settings: Settings) -> User:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_failed_logins=3)
    return User.objects.create_superuser("ann", password=PASSWORD)


def log_in(client: Client, password: str, name: str = "ann", **options: Any) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password}, **options)


def test_who_guesses_a_password_has_to_wait(client: Client) -> None:
    answers = [log_in(client, f"guess {number}").status_code for number in range(5)]
    assert answers == [OK, OK, OK, TOO_MANY, TOO_MANY]
    response = log_in(client, "guess")
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert "Try again in" in response.content.decode()


def test_then_not_even_the_right_password_is_looked_at(client: Client) -> None:
    """Else it could still be guessed."""
    for _ in range(3):
        log_in(client, "guess")
    assert log_in(client, PASSWORD).status_code == TOO_MANY


def test_who_knows_the_password_logs_in_as_often_as_it_likes(client: Client) -> None:
    assert {log_in(Client(), PASSWORD).status_code for _ in range(10)} == {FOUND}
    assert client.get("/admin/login/").status_code == OK


def test_a_colleague_at_the_same_address_need_not_wait(client: Client) -> None:
    User.objects.create_superuser("bob", password=PASSWORD)
    for _ in range(5):
        log_in(client, "guess")
    assert log_in(client, PASSWORD, "bob").status_code == FOUND


def test_the_same_user_elsewhere_need_not_wait(client: Client) -> None:
    for _ in range(5):
        log_in(client, "guess", REMOTE_ADDR="192.0.2.7")
    assert log_in(client, PASSWORD, REMOTE_ADDR="192.0.2.8").status_code == FOUND


def test_who_tries_one_password_on_many_users_has_to_wait(client: Client) -> None:
    answers = [log_in(client, "Summer2026!", f"user-{number}").status_code for number in range(40)]
    assert answers.count(OK) == 3 * NAMES


def test_a_user_who_is_no_staff_counts_as_a_failure(client: Client) -> None:
    """Else its password could be guessed here, and used elsewhere."""
    User.objects.create_user("plain", password=PASSWORD)
    answers = [log_in(client, PASSWORD, "plain").status_code for _ in range(5)]
    assert answers == [OK, OK, OK, TOO_MANY, TOO_MANY]


def test_to_look_at_the_login_is_no_attempt(client: Client) -> None:
    assert {client.get("/admin/login/").status_code for _ in range(10)} == {OK}
