"""What stands in for asyncio's queue and event in a protocol."""

from __future__ import annotations

import asyncio

from realtime.server.light import Gate, Inbox


async def test_everyone_who_waits_passes_a_gate_that_opens() -> None:
    gate = Gate()
    waiters = [asyncio.ensure_future(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*waiters)


async def test_an_open_gate_holds_nobody_up() -> None:
    gate = Gate()
    gate.set()
    async with asyncio.timeout(5):
        await gate.wait()


async def test_a_gate_that_closes_before_the_waiter_runs_holds_it_up_again() -> None:
    gate = Gate()
    waiter = asyncio.ensure_future(gate.wait())
    await asyncio.sleep(0)
    gate.set()
    gate.clear()
    await asyncio.sleep(0.01)
    assert not waiter.done()
    gate.set()
    async with asyncio.timeout(5):
        await waiter


async def test_a_waiter_that_gave_up_does_not_hinder_the_others() -> None:
    gate = Gate()
    gave_up, waiter = asyncio.ensure_future(gate.wait()), asyncio.ensure_future(gate.wait())
    await asyncio.sleep(0)
    gave_up.cancel()
    gate.set()
    async with asyncio.timeout(5):
        await waiter


async def test_an_inbox_gives_its_items_in_order() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.put_nowait(number)
    assert [await inbox.get() for _ in range(3)] == [0, 1, 2]
    assert inbox.empty()


async def test_a_reader_of_an_empty_inbox_gets_what_comes_next() -> None:
    inbox = Inbox()
    reader = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("a")
    async with asyncio.timeout(5):
        assert await reader == "a"


async def test_a_reader_that_was_cancelled_takes_nothing() -> None:
    inbox = Inbox()
    reader = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("a")
    reader.cancel()
    async with asyncio.timeout(5):
        assert await inbox.get() == "a"
