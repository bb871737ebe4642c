"""One stream, handed to all subscribers of an endpoint. No I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kitt_client.errors import KittError
from kitt_client.frames import Message, Welcome
from kitt_client.mailbox import Gap, Mailbox
from kitt_client.places import Place, first_offset, query_for, settle

# While an answer to a publish may stand behind the message that has no room, this long without any progress.
PATIENCE_S = 0.1


class Hole(Exception):
    """Offsets jumped on an open connection."""


class Fanout:
    """The mailboxes of an endpoint, and how far its connection is.

    A mailbox that has no room stops the reading, with one exception: while a publish waits for its answer (`awaited`),
    which stands behind the message, the mailbox falls behind instead. As soon as it is empty, `rewind` asks for a new
    connection that brings what it missed; so neither memory grows nor is a message lost, and a subscriber may publish
    from its own loop. A subscriber that wants older messages than the connection brings is served the same way.
    """

    def __init__(self, endpoint: str, awaited: Callable[[], bool] = lambda: False) -> None:
        self.endpoint = endpoint
        self.awaited = awaited
        self.mailboxes: list[Mailbox] = []
        self.welcome: Welcome | None = None
        self.epoch: str | None = None
        self.last = 0
        self.rewind = asyncio.Event()
        self.changed = asyncio.Event()
        self._known_head = 0
        self._last_at_reply = -1

    def query(self) -> Place:
        return query_for((mailbox.place for mailbox in self.mailboxes), self.epoch)

    def welcomed(self, query: Place, welcome: Welcome) -> None:
        """A connection that asked for `query` is open."""
        self.welcome, self.epoch = welcome, welcome.epoch
        self.last = first_offset(query, welcome)
        self._known_head, self._last_at_reply = welcome.offset, -1
        self.rewind.clear()
        for mailbox in self.mailboxes:
            self._settle(mailbox, query, welcome)

    def disconnected(self) -> None:
        self.welcome = None

    def join(self, mailbox: Mailbox) -> None:
        self.mailboxes.append(mailbox)
        if self.welcome is not None:
            self._settle_late(mailbox, self.welcome)

    def leave(self, mailbox: Mailbox) -> None:
        mailbox.end()
        if mailbox in self.mailboxes:
            self.mailboxes.remove(mailbox)
        self.changed.set()

    def taken(self, mailbox: Mailbox) -> None:
        """There is room again."""
        self.changed.set()
        self._rewind_for(mailbox)

    async def deliver(self, message: Message, *, out_of_turn: bool = False) -> None:
        """Hand a message over, in turn; duplicates are passed over. Raises Hole.

        `out_of_turn`: the message may be the answer to one that was sent twice, and then stands outside the order.
        """
        if message.offset <= self.last:
            return
        if message.offset > self.last + 1:
            if out_of_turn:
                self._known_head = max(self._known_head, message.offset)
                return
            if self.mailboxes:
                raise Hole(f"offset {message.offset} follows {self.last}")
        self.last = message.offset
        for mailbox in [found for found in self.mailboxes if found.expects(message)]:
            await self._wait_for_room(mailbox)
            if mailbox.full:
                mailbox.behind = True
            elif mailbox.expects(message):
                mailbox.put(message)

    def head_is(self, head: int) -> None:
        """The server named its newest message. Raises Hole where an older naming was not followed by the message.

        Two namings without any message between them are needed: a naming may overtake messages.
        """
        if self.mailboxes and self._last_at_reply == self.last < self._known_head:
            raise Hole(f"the stream is at {self._known_head}, and nothing came after {self.last}")
        self._last_at_reply = self.last
        self._known_head = max(self._known_head, head)

    def end(self, error: KittError | None) -> None:
        for mailbox in self.mailboxes:
            mailbox.end(error)

    async def _wait_for_room(self, mailbox: Mailbox) -> None:
        while mailbox.full:
            self.changed.clear()
            try:
                async with asyncio.timeout(PATIENCE_S if self.awaited() else None):
                    await self.changed.wait()
            except TimeoutError:
                return

    def _settle(self, mailbox: Mailbox, query: Place, welcome: Welcome) -> None:
        old = mailbox.place
        place, lost = settle(old, query, welcome)
        gap = self._gap(old.since or 0, place, welcome.offset) if lost else None
        mailbox.stand(place, gap, behind=_since(place) < self.last)
        self._rewind_for(mailbox)

    def _settle_late(self, mailbox: Mailbox, welcome: Welcome) -> None:
        old = mailbox.place
        head = max(welcome.offset, self.last)
        if old.since is None:
            place, gap = Place(max(0, head - old.last), welcome.epoch), None
        elif old.epoch in (None, welcome.epoch):
            place, gap = Place(old.since, welcome.epoch), None
        else:
            place = Place(self.last, welcome.epoch)
            gap = self._gap(old.since, place, head)
        # A place after the head is for the server to judge.
        mailbox.stand(place, gap, behind=not self.last <= _since(place) <= head)
        self._rewind_for(mailbox)

    def _rewind_for(self, mailbox: Mailbox) -> None:
        if self.welcome is not None and mailbox.behind and not any(isinstance(i, Message) for i in mailbox.items):
            self.rewind.set()

    def _gap(self, missed_after: int, place: Place, head: int) -> Gap:
        return Gap(self.endpoint, missed_after, _since(place), head, str(place.epoch))


def _since(place: Place) -> int:
    return place.since or 0
