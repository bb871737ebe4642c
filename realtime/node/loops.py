"""A loop that does something every few seconds and outlives its failures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.db import Error as DatabaseError

logger = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """At once, and then every `seconds` until it is cancelled. Says when it begins to fail, and when it works again."""
    failing = False
    while True:
        try:
            await work()
        except Exception as error:
            if not failing:
                # A database that is away needs no traceback.
                logger.error("%s fails: %s", work.__qualname__, error, exc_info=not isinstance(error, DatabaseError))
            failing = True
        else:
            if failing:
                logger.info("%s works again", work.__qualname__)
            failing = False
        await asyncio.sleep(seconds)
