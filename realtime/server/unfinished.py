"""Connections that owe the server a request: bounded in time and in number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from realtime.conf import kitt_settings


class Unfinished:
    """Those of a process, the oldest first. One too many costs the oldest: an honest client takes milliseconds."""

    def __init__(self) -> None:
        self.waits: dict[RequestWait, None] = {}

    def add(self, wait: RequestWait) -> None:
        self.waits[wait] = None
        if len(self.waits) > kitt_settings().max_unfinished_requests:
            next(iter(self.waits)).give_up()

    def remove(self, wait: RequestWait) -> None:
        self.waits.pop(wait, None)


class RequestWait:
    """The wait of one connection for its next request. `cut` is called when that takes KITT_CONNECT_TIMEOUT."""

    def __init__(self, unfinished: Unfinished, cut: Callable[[], None]) -> None:
        self.unfinished = unfinished
        self.cut = cut
        self.timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """For the whole of the headers. Nothing changes where it waits already."""
        if self.timer is None:
            self.start_timer()
            self.unfinished.add(self)

    def go_on(self) -> None:
        """A piece of the body came: a large one may take its time, as long as it comes."""
        if self.timer is not None:
            self.timer.cancel()
            self.start_timer()

    def start_timer(self) -> None:
        self.timer = asyncio.get_running_loop().call_later(kitt_settings().connect_timeout, self.give_up)

    def end(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
            self.unfinished.remove(self)

    def give_up(self) -> None:
        self.end()
        self.cut()
