"""manage.py prune_messages"""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from realtime.log import prune as module
from realtime.log.prune import prune_messages
from realtime.models import Message, MessageShipment, Stream
from tests.storing import new, store, store_many

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0)


def prune(*options: str) -> str:
    output = StringIO()
    call_command("prune_messages", *options, stdout=output)
    return output.getvalue().strip()


def age(*offsets: int, days: int = 40) -> None:
    Message.objects.filter(offset__in=offsets).update(stored_at=NOW - timedelta(days=days))


def kept(endpoint: str = "freight") -> list[int]:
    return list(Message.objects.filter(stream=endpoint).values_list("offset", flat=True))


def test_what_was_stored_long_ago_is_deleted_with_its_shipments() -> None:
    store_many(4)
    age(1, 2)
    assert prune("--older-than", "30d", "--keep", "0") == "messages deleted: 2 (freight 2)"
    assert kept() == [3, 4]
    assert MessageShipment.objects.count() == 2


def test_heads_and_epochs_stay_even_when_nothing_is_left() -> None:
    store_many(2)
    before = list(Stream.objects.values())
    age(1, 2)
    prune("--older-than", "30d", "--keep", "0")
    assert (kept(), list(Stream.objects.values())) == ([], before)


def test_the_newest_of_each_stream_are_kept_whatever_their_age() -> None:
    notification = {"endpoint": "notifications", "type": "notification", "payload": {"title": "Gate 4"}}
    store(*(new() for _ in range(5)), *(new(**notification) for _ in range(2)))
    age(1, 2, 3, 4, 5)
    assert prune("--older-than", "30d", "--keep", "2") == "messages deleted: 3 (freight 3, notifications 0)"
    assert (kept(), kept("notifications")) == ([4, 5], [1, 2])


def test_a_hundred_thousand_are_kept_unless_said_otherwise() -> None:
    store_many(2)
    age(1, 2)
    assert prune("--older-than", "30d") == "messages deleted: 0 (freight 0)"


def test_an_old_message_after_a_recent_one_is_kept_so_that_there_is_no_hole() -> None:
    store_many(4)
    age(1, 3)
    prune("--older-than", "30d", "--keep", "0")
    assert kept() == [2, 3, 4]


def test_many_are_deleted_in_batches() -> None:
    store_many(7)
    age(1, 2, 3, 4, 5)
    assert prune_messages(NOW - timedelta(days=30), keep=0, batch_size=2) == {"freight": 5}
    assert kept() == [6, 7]


def test_without_a_stream_there_is_nothing_to_do() -> None:
    assert prune("--older-than", "30d") == "messages deleted: 0"


@pytest.mark.parametrize("options", [[], ["--older-than", "30"], ["--older-than", "30d", "--keep", "-1"]])
def test_bad_options_are_refused(options: list[str]) -> None:
    with pytest.raises(CommandError):
        prune(*options)
