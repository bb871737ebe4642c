"""What `Kitt.subscribe` returns."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Self

from kitt_client.frames import Message
from kitt_client.link import Link
from kitt_client.mailbox import Gap, Mailbox


class Subscription:
    """An async iterator over the messages of an endpoint, in the order of their offsets, each once.

    It starts with the first step of the iteration, or where `async with` is entered, which waits until the place in
    the stream is known: what is published after that will be seen. It ends with the `async with`, with the Kitt, or
    when it is no longer referenced, as after a `break` out of `async for message in kitt.subscribe(...)`.

    A **Gap** comes in the place of messages that are lost. It is an item, not a callback, because it then stands in
    the order, exactly between the last message before the loss and the first one after it, and because a type checker
    does not let one forget it.
    """

    def __init__(self, link: Link, mailbox: Mailbox) -> None:
        self._link = link
        self._mailbox = mailbox
        self._is_started = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message | Gap:
        """The next message. Raises Refused when the server does not let this client come back."""
        self._start()
        fanout, mailbox = self._link.fanout, self._mailbox
        try:
            item = await mailbox.take()
        finally:
            # The traceback of a cancelled loop would keep this alive, and with it a mailbox that nobody empties.
            del self
        fanout.taken(mailbox)
        return item

    async def __aenter__(self) -> Self:
        self._start()
        await self._mailbox.settled.wait()
        if self._mailbox.error is not None:
            raise self._mailbox.error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._link.fanout.leave(self._mailbox)

    def _start(self) -> None:
        if not self._is_started:
            self._link.join(self._mailbox)
            self._is_started = True
            # Without it, a mailbox that nobody empties would stop the endpoint.
            weakref.finalize(self, self._link.fanout.leave, self._mailbox).atexit = False
