"""Who is cut off, since when and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from realtime.auth.identity import ANYBODY, EVERYWHERE, Identity
from realtime.auth.revocations import Revoked, all_in_force, is_revoked, restore, revoke
from realtime.models import Revocation

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def identity(client_id: str = "tablet-7", token_id: str | None = None) -> Identity:
    return Identity(client_id=client_id, publish=EVERYWHERE, subscribe=EVERYWHERE, token_id=token_id)


def both_ways(who: Identity) -> bool:
    """What the loop of a node sees, and what a request of REST asks, must be the same."""
    found = all_in_force().covers(who)
    assert is_revoked(who) == found
    return found


def test_at_first_nobody_is_revoked() -> None:
    assert all_in_force() == Revoked(frozenset(), frozenset())
    assert not both_ways(identity(token_id="t-1"))
    assert not both_ways(ANYBODY)


def test_a_client_is_revoked_whatever_its_token() -> None:
    revoke("client_id", "tablet-7")
    assert both_ways(identity(token_id="t-1"))
    assert both_ways(identity())
    assert not both_ways(identity("tablet-8"))


def test_a_token_is_revoked_and_its_client_may_have_another() -> None:
    revoke("token_id", "t-1")
    assert both_ways(identity(token_id="t-1"))
    assert not both_ways(identity(token_id="t-2"))
    assert not both_ways(identity())


def test_the_name_of_a_client_is_not_that_of_a_token() -> None:
    revoke("client_id", "same")
    assert not both_ways(identity(token_id="same"))
    revoke("token_id", "other")
    assert not both_ways(identity("other"))


def test_a_revocation_may_end_by_itself() -> None:
    revoke("client_id", "tablet-7", NOW + timedelta(hours=1))
    assert both_ways(identity())
    assert not all_in_force(NOW + timedelta(hours=1)).covers(identity())


def test_a_revocation_can_be_undone() -> None:
    revoke("client_id", "tablet-7")
    assert restore("client_id", "tablet-7")
    assert not both_ways(identity())
    assert not restore("client_id", "tablet-7")


def test_who_is_revoked_again_is_revoked_from_now_on() -> None:
    revoke("client_id", "tablet-7", NOW + timedelta(hours=1))
    first = Revocation.objects.get()
    revoke("client_id", "tablet-7")
    second = Revocation.objects.get()
    assert (second.expires_at, second.revoked_at > first.revoked_at) == (None, True)


def test_what_has_ended_is_deleted_when_the_next_one_comes() -> None:
    revoke("client_id", "long-gone", NOW - timedelta(seconds=1))
    assert not both_ways(identity("long-gone"))
    revoke("client_id", "tablet-7")
    assert [row.value for row in Revocation.objects.all()] == ["tablet-7"]


@pytest.mark.parametrize("value", ["", "tablet 7", "tablet-7 ", "x" * 65])
def test_a_client_id_that_nobody_can_have_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        revoke("client_id", value)


@pytest.mark.parametrize(("kind", "value"), [("token_id", ""), ("token_id", "x" * 129), ("user", "ann")])
def test_what_cannot_be_revoked_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ValidationError):
        revoke(kind, value)


def test_a_look_at_all_of_them_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(10):
        revoke("client_id", f"tablet-{number}")
    with django_assert_num_queries(1):
        assert len(all_in_force().client_ids) == 10
