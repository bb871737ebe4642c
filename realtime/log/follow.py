"""Follow a stream through its log: sees what any process stores, without a layer between them."""

from __future__ import annotations

from collections.abc import Iterator

from realtime.log.read import Entry, heads
from realtime.log.search import Search, search

CHUNK = 200


class Follower:
    """Stands somewhere in a stream, at first after `since` or at the head, and moves on with every `news`."""

    def __init__(self, endpoint: str, *, since: int | None = None, message_type: str = "") -> None:
        head = heads()[endpoint]
        if since is not None and since > head.offset:
            raise ValueError(f"{since} is later than the newest message, {head.offset}")
        self.endpoint = endpoint
        self.message_type = message_type
        self.epoch = head.epoch
        self.after = head.offset if since is None else since

    def news(self) -> Iterator[Entry]:
        """What was stored since the last call; all that is there, where the stream began a new epoch."""
        head = heads()[self.endpoint]
        if head.epoch != self.epoch:
            self.epoch, self.after = head.epoch, 0
        more = self.after < head.offset
        while more:
            page = search(Search(self.endpoint, self.after, head.offset + 1, self.message_type, limit=CHUNK))
            for entry in page.entries:
                self.after = entry.offset
                yield entry
            more = page.more
        self.after = head.offset
