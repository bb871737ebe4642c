"""manage.py revoke"""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from realtime.models import Revocation

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("revoke", *arguments, stdout=output)
    return output.getvalue()


def test_a_client_is_revoked_for_good() -> None:
    assert run("client_id", "tablet-7") == "revoked client_id tablet-7\n"
    row = Revocation.objects.get()
    assert (row.kind, row.value, row.expires_at) == ("client_id", "tablet-7", None)


def test_a_token_is_revoked_for_a_while() -> None:
    before = timezone.now()
    assert run("token_id", "t-1", "--expires-in", "2h").startswith("revoked token_id t-1 until 2")
    expires_at = Revocation.objects.get().expires_at
    assert expires_at is not None
    assert before <= expires_at - timedelta(hours=2) <= timezone.now()


def test_a_revocation_is_undone() -> None:
    run("client_id", "tablet-7")
    assert run("client_id", "tablet-7", "--undo") == "restored client_id tablet-7\n"
    assert not Revocation.objects.exists()


@pytest.mark.parametrize(
    "arguments", [("client_id", "tablet-7", "--undo"), ("client_id", "a b"), ("user", "ann"), ("token_id", "")]
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
