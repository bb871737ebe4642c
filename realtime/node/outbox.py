"""When the messages of a stream go out: at once, or together with those of the next millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from realtime.log.read import Entry

PAUSE_S = 0.001


class Outbox:
    """Hands on what was added, in order: at once after a pause, else with all that gathers until the pause is over."""

    def __init__(self, write: Callable[[Sequence[Entry]], None]) -> None:
        self.write = write
        self.entries: list[Entry] = []
        self.timer: asyncio.TimerHandle | None = None
        self.written_at = 0.0

    def add(self, entries: Sequence[Entry]) -> None:
        self.entries += entries
        if self.timer is not None:
            return
        loop = asyncio.get_running_loop()
        due = self.written_at + PAUSE_S
        if loop.time() >= due:
            self.empty()
        else:
            self.timer = loop.call_at(due, self.empty)

    def empty(self) -> None:
        self.timer = None
        self.written_at = asyncio.get_running_loop().time()
        entries, self.entries = self.entries, []
        self.write(entries)
