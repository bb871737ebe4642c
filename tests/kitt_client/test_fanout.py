from __future__ import annotations

import asyncio

import pytest

from kitt_client.fanout import Fanout, Hole
from kitt_client.frames import Message, Welcome
from kitt_client.mailbox import Gap, Mailbox
from kitt_client.places import HEAD, Place


def message(offset: int, epoch: str = "e1") -> Message:
    return Message("route_update", {}, offset, "other", f"m{offset}", "t", "c", epoch)


def opened(*mailboxes: Mailbox, head: int = 5, awaited: bool = False) -> Fanout:
    fanout = Fanout("freight", lambda: awaited)
    for mailbox in mailboxes:
        fanout.join(mailbox)
    fanout.welcomed(fanout.query(), Welcome("e1", head, False, 0, 25, 60))
    return fanout


def offsets(mailbox: Mailbox) -> list[int]:
    return [item.offset for item in mailbox.items if isinstance(item, Message)]


async def test_every_mailbox_gets_every_message() -> None:
    boxes = [Mailbox(HEAD, 9), Mailbox(HEAD, 9)]
    fanout = opened(*boxes)
    await fanout.deliver(message(6))
    await fanout.deliver(message(7))
    assert [offsets(box) for box in boxes] == [[6, 7], [6, 7]]


async def test_a_duplicate_is_passed_over() -> None:
    fanout = opened(box := Mailbox(HEAD, 9))
    for offset in (6, 6, 5, 7, 6):
        await fanout.deliver(message(offset))
    assert offsets(box) == [6, 7]


async def test_a_jump_is_a_hole() -> None:
    fanout = opened(Mailbox(HEAD, 9))
    with pytest.raises(Hole, match="offset 7 follows 5"):
        await fanout.deliver(message(7))


async def test_a_jump_means_nothing_to_nobody() -> None:
    fanout = opened()
    await fanout.deliver(message(7))
    assert fanout.last == 7


async def test_an_answer_out_of_turn_is_not_a_hole() -> None:
    fanout = opened(box := Mailbox(HEAD, 9))
    await fanout.deliver(message(8), out_of_turn=True)
    await fanout.deliver(message(6))
    assert offsets(box) == [6]


async def test_a_head_that_is_named_twice_without_its_message_is_a_hole() -> None:
    fanout = opened(Mailbox(HEAD, 9))
    fanout.head_is(6)
    with pytest.raises(Hole, match="nothing came after 5"):
        fanout.head_is(6)


async def test_a_head_that_overtakes_its_message_is_not_a_hole() -> None:
    fanout = opened(Mailbox(HEAD, 9))
    fanout.head_is(6)
    await fanout.deliver(message(6))
    fanout.head_is(6)
    fanout.head_is(6)


async def test_a_full_mailbox_stops_the_reader_until_there_is_room() -> None:
    fanout = opened(box := Mailbox(HEAD, 1))
    await fanout.deliver(message(6))
    reader = asyncio.create_task(fanout.deliver(message(7)))
    await asyncio.sleep(0.01)
    assert not reader.done()
    await box.take()
    fanout.taken(box)
    await reader
    assert offsets(box) == [7]


async def test_a_full_mailbox_that_leaves_lets_the_reader_go_on() -> None:
    fanout = opened(box := Mailbox(HEAD, 1))
    await fanout.deliver(message(6))
    reader = asyncio.create_task(fanout.deliver(message(7)))
    await asyncio.sleep(0)
    fanout.leave(box)
    await reader


async def test_a_full_mailbox_falls_behind_where_an_answer_is_awaited() -> None:
    fanout = opened(box := Mailbox(HEAD, 1), awaited=True)
    for offset in (6, 7, 8):
        await fanout.deliver(message(offset))
    assert box.behind
    assert fanout.last == 8


async def test_who_fell_behind_asks_for_a_connection_when_it_is_empty() -> None:
    fanout = opened(box := Mailbox(HEAD, 1), awaited=True)
    await fanout.deliver(message(6))
    await fanout.deliver(message(7))
    assert not fanout.rewind.is_set()
    await box.take()
    fanout.taken(box)
    assert fanout.rewind.is_set()
    assert fanout.query() == Place(6, "e1")


async def test_who_joins_later_begins_after_the_newest_message() -> None:
    fanout = opened()
    await fanout.deliver(message(6))
    fanout.join(box := Mailbox(HEAD, 9))
    await fanout.deliver(message(7))
    assert offsets(box) == [7]


@pytest.mark.parametrize("place", [Place(2), Place(2, "e1"), Place(last=3)])
async def test_who_wants_older_messages_later_asks_for_a_connection(place: Place) -> None:
    fanout = opened()
    fanout.join(Mailbox(place, 9))
    assert fanout.rewind.is_set()
    assert fanout.query() == Place(2, "e1")


async def test_who_comes_later_with_another_epoch_is_told_of_its_gap_at_once() -> None:
    fanout = opened()
    fanout.join(box := Mailbox(Place(2, "e0"), 9))
    assert list(box.items) == [Gap("freight", 2, 5, 5, "e1")]
    assert not fanout.rewind.is_set()


async def test_a_place_after_the_head_is_judged_by_the_server() -> None:
    fanout = opened()
    fanout.join(Mailbox(Place(9, "e1"), 9))
    assert fanout.rewind.is_set()


async def test_the_server_refuses_a_place_after_the_head_with_a_gap() -> None:
    fanout = opened(box := Mailbox(Place(9, "e1"), 9))
    assert list(box.items) == [Gap("freight", 9, 5, 5, "e1")]
    assert fanout.query() == Place(5, "e1")
