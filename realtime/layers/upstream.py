"""The way from process to process: another channel layer, joined once per process and group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from realtime.layers.waiting import LayerMessage

logger = logging.getLogger(__name__)

TIMEOUT_S = 2.0
"""For one call to the upstream. A broker that hangs must hold up nobody for longer."""
RETRY_S = 1.0
SILENCE_S = 5.0
"""Without a message, not even an own one: then the subscription is dead, whatever its connection says."""
MAX_OUTGOING = 1000
ECHO = {"echo": True}


class Upstream:
    """Publishes in the order of the calls without making anybody wait, and passes on what other processes publish.

    While the broker is away what is published is lost, as on every channel layer; the groups are joined again by
    themselves when it is back. It works as long as what is sent to it comes back.
    """

    def __init__(self, layer: Any, take: Callable[[LayerMessage], None]) -> None:
        self.layer = layer
        self.take = take
        self.wanted: set[str] = set()
        self.joined: set[str] = set()
        self.channel = ""
        self.opened = asyncio.Event()
        self.working = True
        self.outgoing: asyncio.Queue[tuple[str, LayerMessage]] = asyncio.Queue(MAX_OUTGOING)
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Called once, on the loop that everything runs on."""
        works = (self.publish_all(), self.listen(), self.watch())
        self.tasks = [asyncio.ensure_future(work) for work in works]

    async def stop(self) -> None:
        with suppress(Exception):
            async with asyncio.timeout(TIMEOUT_S):
                await cancel(self.tasks)
                await self.layer.flush()

    def publish(self, group: str, message: LayerMessage) -> None:
        try:
            self.outgoing.put_nowait((group, message))
        except asyncio.QueueFull:
            self.failed(OverflowError("more is published than it takes"))

    async def join(self, group: str) -> None:
        """Returns when the group is joined; or without it, to be joined later, where the broker does not answer."""
        self.wanted.add(group)
        if self.working and group not in self.joined:
            await self.attempt(self.keep_to_wanted())

    def leave(self, group: str) -> None:
        """Some time later."""
        self.wanted.discard(group)

    async def publish_all(self) -> None:
        while True:
            group, message = await self.outgoing.get()
            if not await self.attempt(self.layer.group_send(group, message)):
                # What has waited meanwhile would be late; what matters is read from the log.
                while not self.outgoing.empty():
                    self.outgoing.get_nowait()

    async def listen(self) -> None:
        while True:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    self.channel = await self.layer.new_channel()
                self.opened.set()
                await self.take_all()
            except Exception as error:
                self.failed(error)
            self.opened.clear()
            # A set of its own for each channel: what still joins for an old one must not count.
            self.joined = set()
            await self.attempt(self.layer.flush())
            await asyncio.sleep(RETRY_S)

    async def take_all(self) -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                message = await self.layer.receive(self.channel)
            if message == ECHO:
                self.works()
            else:
                self.take(message)

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            if self.opened.is_set():
                await self.attempt(self.keep_to_wanted())
                await self.attempt(self.layer.send(self.channel, ECHO))

    async def keep_to_wanted(self) -> None:
        await self.opened.wait()
        channel, joined = self.channel, self.joined
        for group in self.wanted - joined:
            await self.layer.group_add(group, channel)
            joined.add(group)
        for group in joined - self.wanted:
            if group not in self.wanted:
                # Before it is left: who comes back meanwhile must join it.
                joined.discard(group)
                await self.layer.group_discard(group, channel)

    async def attempt(self, call: Awaitable[None]) -> bool:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await call
        except (TypeError, ValueError, OverflowError) as error:
            logger.error("the upstream layer cannot carry a message: %r", error)
        except Exception as error:
            self.failed(error)
            return False
        return True

    def failed(self, error: Exception) -> None:
        if self.working:
            logger.error("the upstream layer fails: %s %s", type(error).__name__, error)
        self.working = False

    def works(self) -> None:
        if not self.working:
            logger.info("the upstream layer works again")
        self.working = True


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Returns when all have ended.

    Once is not enough: before Python 3.12 asyncio.wait_for, which redis uses, may swallow it (gh-86296).
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)
