"""What the simulation says: messages, and the clock that dates them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

MINUTE, HOUR = 60.0, 3600.0
"""Simulated seconds."""


class Event(NamedTuple):
    """A message that is due now."""

    endpoint: str
    type: str
    payload: dict[str, Any]
    correlation_id: str


class Clock:
    """Turns simulated seconds into times of the wall clock.

    The carrier lives `speed` times as fast as its audience; what it dates is the audience's time, so that ages and
    arrivals on a screen are right.
    """

    def __init__(self, start: datetime, speed: float) -> None:
        self.start = start
        self.speed = speed

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds / self.speed)

    def text(self, seconds: float) -> str:
        """RFC 3339 with milliseconds."""
        return self.at(seconds).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def random_id(random: Random) -> str:
    """A UUID from the seed."""
    return str(UUID(int=random.getrandbits(128), version=4))
