from __future__ import annotations

import asyncio

import pytest

from kitt_client.race import race


async def fail() -> None:
    raise ValueError("lost")


async def test_the_first_to_end_ends_the_others() -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    await race(wait(), asyncio.sleep(0))
    assert ended.is_set()


async def test_what_the_first_raised_is_raised() -> None:
    with pytest.raises(ValueError, match="lost"):
        await race(asyncio.Event().wait(), fail())


async def test_cancelling_cancels_all() -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(race(asyncio.Event().wait(), asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert asyncio.all_tasks() == before
