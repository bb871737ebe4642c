"""When the writer is woken."""

from __future__ import annotations

import asyncio

from realtime.log.gathering import Gathering


class Writer:
    def __init__(self) -> None:
        self.waiting = 0
        self.woken_with: list[int] = []
        self.was_woken = asyncio.Event()
        self.gathering = Gathering(lambda: self.waiting, self.wake)

    def wake(self) -> None:
        self.woken_with.append(self.waiting)
        self.waiting = 0
        self.gathering.taken()
        self.was_woken.set()

    def add(self, *, is_lone: bool = False) -> None:
        self.waiting += 1
        self.gathering.added(is_lone=is_lone)

    async def woken(self) -> None:
        async with asyncio.timeout(5):
            await self.was_woken.wait()


async def test_a_lone_message_is_written_at_once() -> None:
    writer = Writer()
    writer.add(is_lone=True)
    assert writer.woken_with == [1]


async def test_messages_that_come_in_neighbouring_turns_of_the_loop_are_written_together() -> None:
    writer = Writer()
    for _ in range(5):
        writer.add()
        await asyncio.sleep(0)
    await writer.woken()
    assert writer.woken_with == [5]


def test_without_a_loop_nothing_is_waited_for() -> None:
    writer = Writer()
    writer.add()
    assert writer.woken_with == [1]


def test_a_loop_that_ends_while_it_gathers_does_not_stop_the_next_one() -> None:
    async def add(writer: Writer) -> None:
        writer.add()

    async def add_and_wait(writer: Writer) -> None:
        writer.add()
        await writer.woken()

    writer = Writer()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(add(writer))
    loop.close()
    assert writer.woken_with == []
    # As the writer does, which looks once a second.
    writer.gathering.taken()
    asyncio.run(add_and_wait(writer))
    assert writer.woken_with == [2]
