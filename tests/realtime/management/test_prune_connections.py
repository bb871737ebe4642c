"""manage.py prune_connections"""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from realtime.models import Connection
from tests.conftest import MakeConnection

NOW = timezone.now()


def prune(age: str) -> str:
    output = StringIO()
    call_command("prune_connections", f"--older-than={age}", stdout=output)
    return output.getvalue().strip()


def test_rows_that_closed_long_ago_are_deleted(make_connection: MakeConnection) -> None:
    make_connection(closed_at=NOW - timedelta(days=8))
    recent = make_connection(closed_at=NOW - timedelta(days=6))
    assert prune("7d") == "connections deleted: 1"
    assert list(Connection.objects.all()) == [recent]


def test_open_rows_stay(make_connection: MakeConnection) -> None:
    make_connection(connected_at=NOW - timedelta(days=400))
    assert prune("1s") == "connections deleted: 0"


@pytest.mark.parametrize(
    ("age", "seconds"), [("90s", 90), ("2m", 120), ("3h", 10_800), ("1d", 86_400), ("1w", 604_800)]
)
def test_an_age_has_a_unit(make_connection: MakeConnection, age: str, seconds: int) -> None:
    make_connection(closed_at=NOW - timedelta(seconds=seconds + 60))
    kept = make_connection(closed_at=NOW - timedelta(seconds=seconds - 30))
    prune(age)
    assert list(Connection.objects.all()) == [kept]


@pytest.mark.parametrize("age", ["7", "d", "-1d", "1.5d", "7 d", "7y", ""])
def test_a_bad_age_is_refused_with_an_example(age: str) -> None:
    with pytest.raises(CommandError, match="such as 7d"):
        prune(age)


@pytest.mark.parametrize("age", ["999999d", "999999w"])
def test_an_age_before_the_first_year_is_refused(age: str) -> None:
    with pytest.raises(CommandError, match="older-than"):
        prune(age)


def test_an_age_must_be_given() -> None:
    with pytest.raises(CommandError, match="--older-than"):
        call_command("prune_connections")
