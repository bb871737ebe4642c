"""Waiting for something that happens in another process."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable

TIMEOUT_S = 15


async def until(condition: Callable[[], bool], timeout: float = TIMEOUT_S) -> None:  # noqa: ASYNC109
    """Returns when the condition holds; fails when it takes too long."""
    deadline = time.monotonic() + timeout
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def until_async(value: Callable[[], Awaitable[object]], expected: object) -> None:
    """Returns when `value()` is what is expected; fails when it takes too long."""
    deadline = time.monotonic() + TIMEOUT_S
    while (found := await value()) != expected:
        assert time.monotonic() < deadline, f"{found!r} is not {expected!r}"
        await asyncio.sleep(0.05)


def until_it_answers(
    name: str, process: subprocess.Popen[bytes], answers: Callable[[], bool], timeout: float = TIMEOUT_S
) -> None:
    """Returns when a process that was started just now answers; fails when it ends, or takes too long."""
    deadline = time.monotonic() + timeout
    while not answers():
        assert process.poll() is None, f"{name} did not start"
        assert time.monotonic() < deadline, f"{name} does not answer"
        time.sleep(0.02)
