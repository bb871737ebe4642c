"""Searching and following the log."""

from __future__ import annotations

import pytest

from realtime.log import search as module
from realtime.log.follow import Follower
from realtime.log.search import Page, Search, find, search
from realtime.models import Message, Stream
from tests.storing import new, store, store_many

pytestmark = pytest.mark.django_db


def offsets(page: Page) -> list[int]:
    return [entry.offset for entry in page.entries]


def news(follower: Follower) -> list[int]:
    return [entry.offset for entry in follower.news()]


def test_a_page_is_in_the_order_of_the_offsets() -> None:
    store_many(3)
    assert search(Search("freight")) == Page(search(Search("freight")).entries, more=False)
    assert offsets(search(Search("freight"))) == [1, 2, 3]


def test_a_page_says_whether_there_is_more() -> None:
    store_many(3)
    assert [search(Search("freight", limit=limit)).more for limit in (2, 3)] == [True, False]


def test_backwards_are_the_newest_and_still_in_order() -> None:
    store_many(4)
    page = search(Search("freight", before=4, limit=2))
    assert (offsets(page), page.more) == ([2, 3], True)


def test_other_endpoints_are_left_out() -> None:
    store(new(), new(endpoint="packing", type="damage_prediction", payload={"shipment_id": "SH-1", "probability": 0}))
    assert offsets(search(Search("packing"))) == [1]


def test_filters_hold_together() -> None:
    store(new("A", sender="x"), new("B", sender="x"), new("B", sender="y"))
    assert offsets(search(Search("freight", sender="x", shipment_id="B"))) == [2]


def test_a_message_of_several_shipments_is_found_once_by_each() -> None:
    payload = {"shipment_ids": ["A", "B"]}
    store(new(endpoint="packing", type="packing_result", payload=payload))
    assert [offsets(search(Search("packing", shipment_id=name))) for name in ("A", "B", "C")] == [[1], [1], []]


def test_a_page_ends_early_where_it_would_become_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    store_many(3)
    monkeypatch.setattr(module, "MAX_PAGE_CHARACTERS", 10)
    forwards, backwards = search(Search("freight")), search(Search("freight", before=4))
    assert (offsets(forwards), forwards.more) == ([1], True)
    assert (offsets(backwards), backwards.more) == ([3], True)


def test_one_message_is_found_by_its_offset() -> None:
    stored = store_many(2)
    entry = find("freight", 2)
    assert entry is not None
    assert entry.text == stored[1].text
    assert find("freight", 3) is None


def test_a_follower_begins_at_the_head() -> None:
    store_many(2)
    follower = Follower("freight")
    assert news(follower) == []
    store_many(2)
    assert (news(follower), news(follower)) == ([3, 4], [])


def test_a_follower_may_begin_earlier() -> None:
    store_many(3)
    assert news(Follower("freight", since=1)) == [2, 3]


def test_a_follower_reads_more_than_one_page() -> None:
    store_many(450)
    assert news(Follower("freight", since=0)) == list(range(1, 451))


def test_a_follower_passes_over_other_types_once_only() -> None:
    follower = Follower("freight", message_type="shipment_request")
    store_many(3)
    assert news(follower) == []
    assert follower.after == 3


def test_a_follower_passes_over_what_was_pruned() -> None:
    store_many(3)
    follower = Follower("freight", since=0)
    Message.objects.filter(offset__lt=3).delete()
    assert news(follower) == [3]


def test_a_follower_that_was_interrupted_goes_on_where_it_stopped() -> None:
    store_many(3)
    follower = Follower("freight", since=0)
    assert next(follower.news()).offset == 1
    assert news(follower) == [2, 3]


def test_a_follower_begins_anew_with_a_new_epoch() -> None:
    store_many(5)
    follower = Follower("freight")
    Stream.objects.all().delete()
    store_many(2)
    assert news(follower) == [1, 2]


def test_a_follower_cannot_begin_after_the_head() -> None:
    store_many(2)
    with pytest.raises(ValueError, match="3 is later than the newest message, 2"):
        Follower("freight", since=3)
