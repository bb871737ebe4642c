"""The newest messages of a stream in memory, so that a thousand clients that come back do not ask the database."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from realtime.log.read import Entry, first_chunk

MAX_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 5000


class Recent:
    """Contiguous entries up to the head, bounded in number and in bytes."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.bytes = 0

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.entries.append(entry)
            self.bytes += len(entry.text)
        while self.bytes > MAX_BYTES or len(self.entries) > MAX_ENTRIES:
            self.bytes -= len(self.entries.popleft().text)

    def between(self, after: int, upto: int, limit: int) -> list[Entry]:
        """The entries with after < offset <= upto, at most `limit`, fewer where they are large.

        Empty when the first of them is not here.
        """
        if not self.entries or after < self.entries[0].offset - 1:
            return []
        start = after + 1 - self.entries[0].offset
        count = min(limit, upto - after)
        return first_chunk(islice(self.entries, start, start + count))
