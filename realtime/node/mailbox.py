"""Work that other threads hand to the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Mailbox:
    """In the order of the calls, with one wake-up of the loop for all that has gathered: each costs a system call."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.works: deque[Callable[[], object]] = deque()
        self.scheduled = False

    def post(self, work: Callable[[], object]) -> None:
        """From any thread. What comes after the loop's end is dropped with it."""
        self.works.append(work)
        if not self.scheduled and not self.loop.is_closed():
            self.scheduled = True
            self.loop.call_soon_threadsafe(self.empty)

    def empty(self) -> None:
        # Before the work: what is posted from now on is either seen below or asks for a wake-up of its own.
        self.scheduled = False
        while self.works:
            try:
                self.works.popleft()()
            except Exception:
                logger.exception("work for the loop failed")
