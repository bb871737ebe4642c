"""How long messages take from their commit to the sockets of this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from realtime.log.read import Entry
from realtime.metrics.counted import DELIVERY_SECONDS

MAX_WAITING = 1000


class Journey(NamedTuple):
    """Of the messages of one commit. `began` is a time of time.time(): other processes have other monotonic clocks."""

    last: int
    messages: int
    began: float
    origin: str


class Journeys:
    """Of one stream. What only the log brought is not seen."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.handed_over = 0
        self.waiting: deque[Journey] = deque(maxlen=MAX_WAITING)

    def begin(self, entries: Sequence[Entry], at: float, origin: str) -> None:
        last = entries[-1].offset
        if last > self.handed_over:
            self.waiting.append(Journey(last, len(entries), at, origin))

    def end(self, offset: int) -> None:
        """Everything up to here was handed to the sockets."""
        self.handed_over = offset
        now = time.time()
        while self.waiting and self.waiting[0].last <= offset:
            journey = self.waiting.popleft()
            # A clock that was put back must not make a sum fall.
            seconds = max(0.0, now - journey.began)
            DELIVERY_SECONDS.observe(seconds, (self.endpoint, journey.origin), journey.messages)
