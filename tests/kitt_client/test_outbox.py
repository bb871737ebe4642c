from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kitt_client.advice import Backoff
from kitt_client.errors import Closed, PublishRefused
from kitt_client.frames import Message, Refusal
from kitt_client.outbox import Outbox, Pending


def stored(message_id: str, sender: str = "tms") -> Message:
    return Message("route_update", {}, 1, sender, message_id, "t", "c", "e1")


def refusal(correlation_id: str, code: str = "validation_failed", *, retryable: bool = False) -> Refusal:
    return Refusal(correlation_id, code, "No.", retryable, ())


def make_outbox(limit: int = 9) -> Outbox:
    return Outbox("tms", limit, Backoff(base=8, cap=8))


def text_of(id: str) -> str:
    return json.dumps({"type": "route_update", "payload": {}, "id": id})


@asynccontextmanager
async def publishing(outbox: Outbox, *pairs: tuple[str, str]) -> AsyncIterator[list[asyncio.Task[Message]]]:
    """Tasks that publish messages; each pair is an id and a correlation_id."""
    tasks = [asyncio.create_task(outbox.publish(Pending(*pair, text=text_of(pair[0])))) for pair in pairs]
    await asyncio.sleep(0)
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def send_all(outbox: Outbox, now: float = 0) -> list[str]:
    sent = []
    while message := outbox.next(now):
        message.sent = True
        sent.append(message.id)
    return sent


async def test_messages_are_sent_once_and_in_order() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("b", "b"), ("a", "a")):
        assert send_all(outbox) == ["b", "a"]
        assert send_all(outbox) == []


async def test_a_new_connection_sends_what_is_unanswered_again() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1"), ("2", "2"), ("3", "3")):
        send_all(outbox)
        outbox.accept(stored("2"))
        outbox.restart()
        assert send_all(outbox) == ["1", "3"]


async def test_the_own_copy_is_the_answer() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1")) as tasks:
        assert outbox.accept(stored("1"))
        assert await tasks[0] == stored("1")


async def test_the_same_id_from_another_sender_is_no_answer() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1")):
        assert not outbox.accept(stored("1", "other"))
        assert list(outbox.pending) == ["1"]


async def test_a_late_answer_is_known_as_one() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1")):
        pass
    assert outbox.accept(stored("1"))
    assert not outbox.accept(stored("2"))


async def test_a_refusal_is_found_by_its_correlation_id() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "x"), ("2", "y")) as tasks:
        send_all(outbox)
        assert outbox.refuse(refusal("y"), 0)
        with pytest.raises(PublishRefused):
            await tasks[1]
        assert not tasks[0].done()


async def test_a_refusal_of_something_else_is_not_taken() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "x")):
        send_all(outbox)
        assert not outbox.refuse(refusal("z"), 0)


async def test_a_message_too_large_to_be_named_is_the_largest() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "x"), ("longer", "y")) as tasks:
        send_all(outbox)
        assert outbox.refuse(refusal("z", "too_large"), 0)
        with pytest.raises(PublishRefused):
            await tasks[1]


async def test_a_retryable_refusal_is_sent_again_after_a_hold_and_before_later_ones() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1"), ("2", "2")):
        assert outbox.next(0) is not None
        outbox.pending["1"].sent = True
        outbox.refuse(refusal("1", "rate_limited", retryable=True), 0)
        assert send_all(outbox, outbox.held_until - 0.001) == []
        assert send_all(outbox, outbox.held_until) == ["1", "2"]


class Counting(Backoff):
    def delay(self, failures: int) -> float:
        return float(failures)


async def test_holds_grow_until_an_answer_comes() -> None:
    outbox = Outbox("tms", 9, Counting())
    async with publishing(outbox, ("1", "1"), ("2", "2"), ("3", "3")):
        held = []
        for now, message_id in ((10, "1"), (20, "1"), (30, "2")):
            send_all(outbox, now)
            outbox.refuse(refusal(message_id, retryable=True), now)
            held.append(outbox.held_until - now)
        outbox.accept(stored("1"))
        send_all(outbox, 40)
        outbox.refuse(refusal("2", retryable=True), 40)
        assert [*held, outbox.held_until - 40] == [0, 1, 2, 0]


async def test_who_is_too_fast_pauses_until_its_burst_is_whole_again() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1")):
        send_all(outbox)
        outbox.refuse(refusal("1", "rate_limited", retryable=True), 100)
        assert outbox.held_until >= 102


async def test_refusals_within_a_hold_do_not_lengthen_it() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1"), ("2", "2")):
        send_all(outbox)
        outbox.refuse(refusal("1", retryable=True), 0)
        held_until = outbox.held_until
        outbox.refuse(refusal("2", retryable=True), 0)
        assert outbox.held_until == held_until


async def test_of_messages_that_share_a_correlation_id_one_is_on_its_way() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "x"), ("2", "x")):
        assert send_all(outbox) == ["1"]
        outbox.accept(stored("1"))
        assert send_all(outbox) == ["2"]


async def test_messages_beyond_the_limit_wait_for_their_turn() -> None:
    outbox = make_outbox(limit=2)
    async with publishing(outbox, ("1", "1"), ("2", "2"), ("3", "3")) as tasks:
        assert list(outbox.pending) == ["1", "2"]
        outbox.accept(stored("1"))
        await tasks[0]
        await asyncio.sleep(0)
        assert list(outbox.pending) == ["2", "3"]


async def test_a_cancelled_message_leaves_nothing_behind() -> None:
    outbox = make_outbox(limit=1)
    async with publishing(outbox, ("1", "1")):
        pass
    async with publishing(outbox, ("2", "2")):
        assert send_all(outbox) == ["2"]


async def test_an_id_that_is_on_its_way_is_refused() -> None:
    outbox = make_outbox()
    async with publishing(outbox, ("1", "1"), ("1", "2")) as tasks:
        with pytest.raises(ValueError, match="being published already"):
            await tasks[1]
        assert list(outbox.pending) == ["1"]


async def test_the_end_reaches_those_on_their_way_those_that_wait_and_those_that_come() -> None:
    outbox = make_outbox(limit=1)
    async with publishing(outbox, ("1", "1"), ("2", "2")) as tasks:
        outbox.end(Closed("bye"))
        for task in tasks:
            with pytest.raises(Closed):
                await task
    with pytest.raises(Closed):
        await outbox.publish(Pending("3", "3", text_of("3")))
