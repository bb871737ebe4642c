"""One thread of a node's own for its database work, so that neither a consumer nor a request ever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, reset_queries

Result = TypeVar("Result")


class DatabaseThread:
    def __init__(self) -> None:
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kitt-node")

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`; calls run one after another, each with a connection that is known to be usable."""
        try:
            future = self.executor.submit(with_fresh_connection, work)
        except RuntimeError:
            # The interpreter exits and takes no more work: under the autoreloader the loop outlives its threads.
            raise asyncio.CancelledError from None
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)


def with_fresh_connection(work: Callable[[], Result]) -> Result:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
        # With DEBUG, Django keeps 9,000 statements of each thread, and what is in them.
        reset_queries()
