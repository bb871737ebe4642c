"""A loop that outlives its failures."""

from __future__ import annotations

import asyncio

import pytest

from realtime.node.loops import every

PATIENCE_S = 10


async def test_the_work_is_done_at_once() -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    loop = asyncio.ensure_future(every(3600, work))
    await asyncio.wait_for(done.wait(), PATIENCE_S)
    loop.cancel()


async def test_the_work_is_repeated() -> None:
    times: list[None] = []

    async def work() -> None:
        times.append(None)
        if len(times) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(every(0.001, work), PATIENCE_S)


async def test_a_failure_is_logged_and_the_work_repeated(caplog: pytest.LogCaptureFixture) -> None:
    times: list[None] = []

    async def work() -> None:
        times.append(None)
        if len(times) == 2:
            raise asyncio.CancelledError
        raise OSError("no table")

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(every(0.001, work), PATIENCE_S)
    assert "work fails: no table" in caplog.text
    assert "OSError: no table" in caplog.text


async def test_cancelling_ends_the_loop() -> None:
    async def work() -> None: ...

    loop = asyncio.ensure_future(every(3600, work))
    await asyncio.sleep(0)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
