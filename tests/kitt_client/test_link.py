from __future__ import annotations

import asyncio

from kitt_client.advice import Backoff
from kitt_client.link import Link


class Counting(Backoff):
    def delay(self, failures: int) -> float:
        return float(failures)


def make_link() -> Link:
    return Link("ws://localhost", "freight", "tms", None, Counting(cap=10), 1)


async def test_failures_in_a_row_wait_longer_and_longer() -> None:
    link, now = make_link(), asyncio.get_running_loop().time()
    assert [link._failed(OSError(), started=now) for _ in range(3)] == [0, 1, 2]


async def test_a_connection_that_stayed_up_starts_the_count_anew() -> None:
    link, now = make_link(), asyncio.get_running_loop().time()
    assert [link._failed(OSError(), started) for started in (now, now, now - 11, now)] == [0, 1, 0, 1]
