"""A loop that does something every few seconds and outlives its failures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """At once, and then every `seconds` until it is cancelled."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception("%s failed and is tried again in %s s", work.__qualname__, seconds)
        await asyncio.sleep(seconds)
