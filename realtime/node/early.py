"""Messages that came before those in front of them, and wait for them."""

from __future__ import annotations

from collections.abc import Iterable

from realtime.log.read import Entry

MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 1000


class Early:
    """Entries by offset, bounded in number and in bytes: what there is no room for is read from the log."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.bytes = 0

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if len(self.entries) < MAX_ENTRIES and self.bytes + len(entry.text) <= MAX_BYTES:
                self.drop(entry.offset)
                self.entries[entry.offset] = entry
                self.bytes += len(entry.text)

    def after(self, head: int) -> list[Entry]:
        """Take out those that follow on `head`. Older ones are forgotten."""
        for offset in [offset for offset in self.entries if offset <= head]:
            self.drop(offset)
        found: list[Entry] = []
        while entry := self.drop(head + len(found) + 1):
            found.append(entry)
        return found

    def drop(self, offset: int) -> Entry | None:
        entry = self.entries.pop(offset, None)
        if entry is not None:
            self.bytes -= len(entry.text)
        return entry
