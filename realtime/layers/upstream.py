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
MAX_OUTGOING = 1000


class Upstream:
    """Publishes in the order of the calls without making anybody wait, and passes on what other processes publish.

    While the broker is away what is published is lost, as on every channel layer; the groups are joined again by
    themselves when it is back.
    """

    def __init__(self, layer: Any, take: Callable[[LayerMessage], None]) -> None:
        self.layer = layer
        self.take = take
        self.wanted: set[str] = set()
        self.joined: set[str] = set()
        self.channel: str | None = None
        self.working = True
        self.outgoing = new_queue()
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """On the loop that everything runs on from now."""
        self.channel, self.outgoing = None, new_queue()
        self.joined.clear()
        works = (self.publish_all(), self.listen(), self.keep_joined())
        self.tasks = [asyncio.ensure_future(work) for work in works]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []
        with suppress(Exception):
            async with asyncio.timeout(TIMEOUT_S):
                await self.layer.flush()

    def publish(self, group: str, message: LayerMessage) -> None:
        try:
            self.outgoing.put_nowait((group, message))
        except asyncio.QueueFull:
            self.failed("more is published than it takes")

    async def join(self, group: str) -> None:
        """Returns when the group is joined; or without it, to be joined later, where the broker does not answer."""
        self.wanted.add(group)
        if self.working:
            await self.keep_to_wanted()

    def leave(self, group: str) -> None:
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
                self.joined.clear()
                await self.keep_to_wanted()
                while True:
                    self.take(await self.layer.receive(self.channel))
            except Exception as error:
                self.failed(error)
                await asyncio.sleep(RETRY_S)

    async def keep_joined(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            await self.keep_to_wanted()

    async def keep_to_wanted(self) -> None:
        if self.channel is None:
            return
        for group in self.wanted - self.joined:
            if await self.attempt(self.layer.group_add(group, self.channel)):
                self.joined.add(group)
        for group in self.joined - self.wanted:
            if await self.attempt(self.layer.group_discard(group, self.channel)):
                self.joined.discard(group)

    async def attempt(self, call: Awaitable[None]) -> bool:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await call
        except Exception as error:
            self.failed(error)
            return False
        if not self.working:
            logger.info("the upstream layer works again")
        self.working = True
        return True

    def failed(self, error: object) -> None:
        if self.working:
            logger.error("the upstream layer fails: %s", error)
        self.working = False


def new_queue() -> asyncio.Queue[tuple[str, LayerMessage]]:
    return asyncio.Queue(MAX_OUTGOING)
