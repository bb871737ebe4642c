"""The channels and groups of one process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from copy import deepcopy

from channels.exceptions import ChannelFull

from realtime.layers.waiting import LayerMessage, Waiting

logger = logging.getLogger(__name__)

# Takes what is sent to a channel at once, instead of a queue. It must not wait or change the message.
Receiver = Callable[[LayerMessage], None]


class LocalChannels:
    """A message to a group costs a call for each member that has a receiver, and a copy for each that has a queue.

    Nothing here suspends, so that messages reach all members in the order of the calls.
    """

    def __init__(self, capacity_of: Callable[[str], int], expiry: float, group_expiry: float) -> None:
        self.capacity_of = capacity_of
        self.expiry = expiry
        self.group_expiry = group_expiry
        self.groups: dict[str, dict[str, float]] = {}
        self.waiting: dict[str, Waiting] = {}
        self.receivers: dict[str, Receiver] = {}
        self.next_cleaning = 0.0

    def add(self, group: str, channel: str) -> None:
        self.groups.setdefault(group, {})[channel] = time.monotonic() + self.group_expiry

    def discard(self, group: str, channel: str) -> None:
        members = self.groups.get(group, {})
        members.pop(channel, None)
        if not members:
            self.groups.pop(group, None)

    def send(self, channel: str, message: LayerMessage) -> None:
        """Raises ChannelFull."""
        self.clean()
        if receiver := self.receivers.get(channel):
            hand_over(receiver, message)
            return
        try:
            self.queue_of(channel).offer(deepcopy(message))
        except asyncio.QueueFull:
            raise ChannelFull(channel) from None

    def send_to_group(self, group: str, message: LayerMessage) -> int:
        """Returns how many receivers took it. A member whose queue is full misses it."""
        receivers = self.receivers
        members = tuple(self.groups.get(group, ()))
        queues = 0
        for channel in members:
            if receiver := receivers.get(channel):
                hand_over(receiver, message)
            else:
                self.offer(channel, message)
                queues += 1
        return len(members) - queues

    def offer(self, channel: str, message: LayerMessage) -> None:
        try:
            self.send(channel, message)
        except ChannelFull:
            logger.warning("channel %s is full and misses a message", channel)

    async def receive(self, channel: str) -> LayerMessage:
        return await self.queue_of(channel).next()

    def queue_of(self, channel: str) -> Waiting:
        if channel not in self.waiting:
            self.waiting[channel] = Waiting(self.capacity_of(channel), self.expiry)
        return self.waiting[channel]

    def clean(self) -> None:
        """Forget what nobody came for, at most once in the time that a message lives.

        A consumer that failed leaves its channel in its groups: until `group_expiry`, as Channels' layers do.
        """
        now = time.monotonic()
        if now < self.next_cleaning:
            return
        self.next_cleaning = now + self.expiry
        for channel, waiting in list(self.waiting.items()):
            waiting.drop_expired()
            if waiting.is_idle:
                del self.waiting[channel]
        for group, members in list(self.groups.items()):
            for channel in [each for each, until in members.items() if until <= now and each not in self.receivers]:
                self.discard(group, channel)


def hand_over(receiver: Receiver, message: LayerMessage) -> None:
    try:
        receiver(message)
    except Exception:
        # The other members of the group must get theirs.
        logger.exception("a receiver failed")
