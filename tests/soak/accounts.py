"""What the clients saw and were told, and whether it is what the log holds."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg

Logged = tuple[str, int, str, str]
"""Stream, offset, sender and id of a message."""
# More of one kind say nothing new.
MAX_PROBLEMS = 200


@dataclass
class Record:
    """What one client got of a stream, over all its connections. `first` - 1 is where it began."""

    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass
class Accounts:
    """`problems` is empty where every promise was kept."""

    started: float = field(default_factory=time.monotonic)
    problems: list[str] = field(default_factory=list)
    seen: dict[str, dict[int, str]] = field(default_factory=dict)
    """By stream: the id of the message at each offset that any client has got."""
    told: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """By stream, sender and id: the offset that the sender was told."""
    records: list[Record] = field(default_factory=list)
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often a connection that had its welcome ended, by cause and close code."""
    refusals: Counter[str] = field(default_factory=Counter)
    """How often no welcome came, by what came instead."""
    welcomes: int = 0
    waits: list[tuple[float, float]] = field(default_factory=list)
    """Of each message that was told: when it was made, and the seconds until then."""

    @property
    def deliveries(self) -> int:
        return sum(record.count for record in self.records)

    def problem(self, text: str) -> None:
        at = time.monotonic() - self.started
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{at:.1f} s: {text}")
        print(f"    PROBLEM at {at:.1f} s: {text}", file=sys.stderr, flush=True)

    def delivered(self, client: str, stream: str, record: Record, offset: int, id: str) -> None:
        """The next message of a client's record."""
        if offset != record.last + 1:
            kind = "hole" if offset > record.last else "duplicate"
            self.problem(f"{client}: {kind}: {offset} of {stream} came after {record.last}")
        record.last = offset
        if self.seen.setdefault(stream, {}).setdefault(offset, id) != id:
            self.problem(f"{client}: {offset} of {stream} is {id}, and was {self.seen[stream][offset]} for another")

    def acknowledged(self, stream: str, sender: str, id: str, offset: int, made: float) -> None:
        self.told[stream, sender, id] = offset
        self.waits.append((made, time.monotonic() - made))

    def longest_wait(self, since: float) -> float:
        """For an acknowledgement, of the messages that were made from then on; `since` in seconds of this soak."""
        return max((wait for made, wait in self.waits if made - self.started >= since), default=0.0)

    def compare(self, log: list[Logged]) -> None:
        """With the whole log, at the end."""
        at = {(stream, offset): id for stream, offset, _, id in log}
        by_name = Counter((stream, sender, id) for stream, _, sender, id in log)
        for stream in {row[0] for row in log}:
            offsets = [row[1] for row in log if row[0] == stream]
            if offsets != list(range(1, len(offsets) + 1)):
                self.problem(f"the log of {stream} has a hole")
        for name, count in by_name.items():
            if count > 1:
                self.problem(f"{name} was stored {count} times")
        offset_of = {(stream, sender, id): offset for stream, offset, sender, id in log}
        for name, offset in self.told.items():
            if offset_of.get(name) != offset:
                self.problem(f"{name} was acknowledged at {offset} and is at {offset_of.get(name)}")
        for stream, found in self.seen.items():
            for offset, id in found.items():
                if at.get((stream, offset)) != id:
                    self.problem(f"{offset} of {stream} was delivered as {id} and is {at.get((stream, offset))}")


def heads(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT endpoint, head FROM realtime_stream").fetchall())


def messages(url: str) -> list[Logged]:
    """The whole log, in order."""
    with psycopg.connect(url) as connection:
        query = 'SELECT stream_id, "offset", sender, message_id FROM realtime_message ORDER BY 1, 2'
        return connection.execute(query).fetchall()
