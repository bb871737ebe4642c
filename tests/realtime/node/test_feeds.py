from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import OperationalError

from realtime.layers.fan_out import FanOutChannelLayer
from realtime.log.append import append
from realtime.log.read import Entry, Head
from realtime.models import Message, Stream
from realtime.node import feed as feed_module
from realtime.node import feeds as feeds_module
from realtime.node.database_thread import DatabaseThread
from realtime.node.feed import STORED, Feed
from realtime.node.feeds import Feeds
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)


class Recorder(Feed):
    """A feed that notes what it hands on."""

    handed_on: list[Entry]
    reads = 0

    async def read(self, after: int, upto: int) -> list[Entry]:
        self.reads += 1
        return await super().read(after, upto)

    def hand_on(self, entries: Sequence[Entry]) -> None:
        before = self.head
        super().hand_on(entries)
        self.handed_on = [*getattr(self, "handed_on", []), *self.recent.between(before, self.head, 1000)]


@pytest.fixture(params=[True, False], autouse=True)
def hears_others(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether what others store may still arrive; nobody may depend on it."""
    found: bool = request.param
    monkeypatch.setattr(FanOutChannelLayer, "hears_others", found)
    return found


async def store(count: int) -> list[Entry]:
    outcomes = await sync_to_async(append)([[message(n)] for n in range(count)])
    return [Entry(each.offset, each.text) for outcome in outcomes for each in outcome]  # type: ignore[union-attr]


async def recorder(epoch: str = "e") -> Recorder:
    feed = Recorder("freight", DatabaseThread())
    feed.start_at(Head(epoch, 0))
    return feed


async def repaired(feed: Feed) -> None:
    async with asyncio.timeout(10):
        while feed.repairing is not None or feed.waiting is not None:  # noqa: ASYNC110 (a timer, then a task)
            await asyncio.sleep(0.001)


async def test_entries_are_handed_on_in_order() -> None:
    feed, entries = await recorder(), await store(4)
    feed.take(entries[:2])
    feed.take(entries[2:])
    assert feed.handed_on == entries


async def test_a_jump_is_filled_from_the_log_before_anything_later() -> None:
    feed, entries = await recorder(), await store(5)
    feed.take(entries[:1])
    feed.take(entries[3:])
    await repaired(feed)
    assert feed.handed_on == entries


async def test_what_comes_twice_or_late_is_handed_on_once() -> None:
    feed, entries = await recorder(), await store(4)
    for part in (entries[2:3], entries[0:2], entries[1:4], entries[3:]):
        feed.take(part)
        await repaired(feed)
    assert feed.handed_on == entries


async def test_entries_that_come_at_the_same_time_are_handed_on_in_order() -> None:
    feed, entries = await recorder(), await store(30)
    for entry in reversed(entries):
        feed.take([entry])
    await repaired(feed)
    assert feed.handed_on == entries


async def test_what_comes_out_of_order_is_awaited_for_a_moment_where_it_can_come(hears_others: bool) -> None:
    """Of two processes that store one after the other, the second one's may come first."""
    feed, entries = await recorder(), await store(6)
    for part in (entries[2:4], entries[5:], entries[4:5], entries[:2]):
        feed.take(part)
    await repaired(feed)
    assert feed.handed_on == entries
    assert (feed.reads == 0) == hears_others


async def test_what_does_not_come_is_read_while_later_messages_keep_coming() -> None:
    feed, entries = await recorder(), await store(40)
    feed.take(entries[:1])
    for entry in entries[2:]:
        feed.take([entry])
        await asyncio.sleep(0.002)
    await repaired(feed)
    assert feed.handed_on == entries


async def test_each_of_several_losses_is_read_from_the_log() -> None:
    feed, entries = await recorder(), await store(9)
    for part in (entries[1:2], entries[3:5], entries[:1], entries[7:8]):
        feed.take(part)
    await repaired(feed)
    assert feed.handed_on == entries[:8]


async def test_what_was_held_and_is_read_as_well_is_handed_on_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "CHUNK", 2)
    feed, entries = await recorder(), await store(6)
    for part in (entries[2:3], entries[5:]):
        feed.take(part)
    await repaired(feed)
    assert feed.handed_on == entries


async def test_a_new_stream_gets_nothing_of_what_was_held_of_the_old_one() -> None:
    feed, entries = await recorder(), await store(3)
    feed.take(entries[2:])
    feed.start_at(Head("f", 1))
    feed.take([Entry(2, "new")])
    await repaired(feed)
    assert (feed.head, feed.handed_on) == (2, [Entry(2, "new")])


async def test_a_feed_that_stands_still_behind_the_log_catches_up() -> None:
    feed, entries = await recorder(), await store(3)
    feed.head_at_last_poll = -1
    feed.poll(3)
    assert feed.repairing is None
    feed.poll(3)
    await repaired(feed)
    assert feed.handed_on == entries


async def never(endpoint: str) -> None:
    raise AssertionError(f"{endpoint} was reset")


async def test_what_others_stored_is_taken_once_although_the_log_could_not_be_read_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise OperationalError

    feeds = Feeds(DatabaseThread(), never)
    with monkeypatch.context() as patch:
        patch.setattr(feeds_module.read, "heads", fail)
        with pytest.raises(OperationalError):
            await feeds.poll()
    await feeds.poll()
    taken: list[Sequence[Entry]] = []
    feed = feeds.by_endpoint["freight"]
    monkeypatch.setattr(feed, "take", taken.append)
    message = {"type": STORED, "endpoint": "freight", "entries": [(1, "text")]}
    await get_channel_layer().group_send(feed.processes, message)
    assert taken == [[Entry(1, "text")]]


async def test_feeds_begin_where_the_log_stands() -> None:
    await store(3)
    feeds = Feeds(DatabaseThread(), never)
    await feeds.poll()
    assert feeds.ready.is_set()
    assert {name: feed.head for name, feed in feeds.by_endpoint.items()} == {
        "freight": 3,
        "packing": 0,
        "notifications": 0,
    }


async def test_a_feed_that_moves_on_while_the_log_is_read_is_not_taken_for_a_new_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feeds = Feeds(DatabaseThread(), never)
    await feeds.poll()
    entries = await store(3)
    feed, read_heads = feeds.by_endpoint["freight"], feeds_module.read.heads

    def heads_of_a_moment_ago() -> dict[str, Head]:
        feed.head = entries[-1].offset
        return {**read_heads(), "freight": Head(feed.epoch, 0)}

    monkeypatch.setattr(feeds_module.read, "heads", heads_of_a_moment_ago)
    await feeds.poll()
    assert feed.head == 3


@pytest.mark.parametrize("change", [{"epoch": "another"}, {"head": 1}])
async def test_a_stream_with_another_epoch_or_a_smaller_head_is_a_new_one(change: dict[str, object]) -> None:
    await store(3)
    resets: list[str] = []

    async def reset(endpoint: str) -> None:
        resets.append(endpoint)

    feeds = Feeds(DatabaseThread(), reset)
    await feeds.poll()
    await sync_to_async(Stream.objects.filter(endpoint="freight").update)(**change)
    await feeds.poll()
    assert resets == ["freight"]


async def test_a_feed_whose_missing_messages_were_pruned_starts_anew_at_the_head() -> None:
    """As in a process that was suspended while others published and pruned."""
    resets: list[str] = []

    async def reset(endpoint: str) -> None:
        resets.append(endpoint)

    feeds = Feeds(DatabaseThread(), reset)
    await feeds.poll()
    await store(3)
    await sync_to_async(Message.objects.filter(offset__lte=2).delete)()
    for _ in range(4):
        await feeds.poll()
        await repaired(feeds.by_endpoint["freight"])
    assert resets == ["freight"]
    assert feeds.by_endpoint["freight"].head == 3


async def test_a_stream_that_went_back_gets_a_new_epoch() -> None:
    """As when a backup is restored: its offsets will be given to other messages."""
    await store(3)

    async def reset(endpoint: str) -> None: ...

    processes = [Feeds(DatabaseThread(), reset) for _ in range(2)]
    for feeds in processes:
        await feeds.poll()
    old = processes[0].by_endpoint["freight"].epoch
    await sync_to_async(Stream.objects.filter(endpoint="freight").update)(head=1)
    for feeds in processes * 2:
        await feeds.poll()
    positions = {feeds.by_endpoint["freight"].position for feeds in processes}
    assert len(positions) == 1
    epoch, offset = positions.pop()
    assert (epoch != old, offset) == (True, 1)
