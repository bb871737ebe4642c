"""What goes out at once, and what goes out together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from realtime.log.read import Entry
from realtime.node import outbox as outbox_module
from realtime.node.outbox import Outbox


class Written:
    """An outbox, what it wrote, and whether more is coming."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.more = False
        self.outbox = Outbox(self.write, lambda: self.more)
        self.wrote = asyncio.Event()

    def write(self, entries: Sequence[Entry]) -> None:
        self.batches.append([entry.offset for entry in entries])
        self.wrote.set()

    def add(self, *offsets: int) -> None:
        self.outbox.add([Entry(offset, "{}") for offset in offsets])

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.batches) < count:
                self.wrote.clear()
                await self.wrote.wait()


async def test_a_message_alone_goes_out_at_once() -> None:
    written = Written()
    written.add(1)
    assert written.batches == [[1]]
    written.add(2)
    assert written.batches == [[1], [2]]


async def test_what_comes_while_more_is_on_its_way_goes_out_together() -> None:
    written = Written()
    written.more = True
    written.add(1)
    written.add(2)
    assert written.batches == []
    written.more = False
    written.add(3)
    await written.until(1)
    assert written.batches == [[1, 2, 3]]


async def test_nothing_is_held_for_what_does_not_come() -> None:
    written = Written()
    written.more = True
    written.add(1)
    await written.until(1)
    assert written.batches == [[1]]


async def test_after_a_crowd_a_message_waits_for_others_that_are_there_already() -> None:
    written = Written()
    written.add(1, 2)
    written.add(3)
    asyncio.get_running_loop().call_soon(written.add, 4)
    await written.until(2)
    assert written.batches == [[1, 2], [3, 4]]


async def test_a_held_message_is_not_held_longer_by_those_that_follow() -> None:
    written = Written()
    written.more = True
    count = 0
    async with asyncio.timeout(5):
        while len(written.batches) < 2:
            count += 1
            written.add(count)
            await asyncio.sleep(outbox_module.HOLD_S / 10)
    written_offsets = [offset for batch in written.batches for offset in batch]
    assert written_offsets == list(range(1, len(written_offsets) + 1))
