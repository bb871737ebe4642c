"""KITT's channel layer: one message per process from an upstream, and the fan-out inside the process."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from channels.layers import BaseChannelLayer
from django.utils.module_loading import import_string

from realtime.layers.local import LocalChannels, Receiver
from realtime.layers.upstream import Upstream
from realtime.layers.waiting import LayerMessage

Result = TypeVar("Result")

PROCESS_GROUP = "process."
PROCESS_LENGTH = len(uuid.uuid4().hex)


class FanOutChannelLayer(BaseChannelLayer):
    """The standard layer: https://channels.readthedocs.io/en/stable/channel_layer_spec.html

    `upstream` is the configuration of another layer, such as channels_redis' pub/sub: {"BACKEND": …, "CONFIG": {…}}.
    Without one the layer is embedded: it serves a single process. A channel that `new_channel` made belongs to its
    process, and its messages go there; one with a name of its own, without "!", is the upstream's.
    Beyond the standard: a channel may have a receiver in place of a queue; `local_group_send` stays inside of the
    process, and `remote_group_send` goes to the others.
    """

    extensions = ("groups", "flush")

    def __init__(
        self,
        upstream: dict[str, Any] | None = None,
        expiry: float = 60,
        group_expiry: float = 86_400,
        capacity: int = 100,
        channel_capacity: dict[str, int] | None = None,
    ) -> None:
        super().__init__(expiry, capacity)
        self.channel_capacity: list[Any] = self.compile_capacities(channel_capacity or {})
        self.process = uuid.uuid4().hex
        self.local = LocalChannels(self.get_capacity, expiry, group_expiry)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.upstream: Upstream | None = None
        if upstream is not None:
            layer = import_string(upstream["BACKEND"])(**upstream.get("CONFIG", {}))
            self.upstream = Upstream(layer, self.take)

    @property
    def crosses_processes(self) -> bool:
        return self.upstream is not None

    @property
    def hears_others(self) -> bool:
        """Whether what other processes send arrives, as far as is known."""
        return self.upstream is not None and self.upstream.working

    async def new_channel(self, prefix: str = "specific.") -> str:
        await self.start()
        return f"{prefix}{self.process}!{uuid.uuid4().hex}"

    async def send(self, channel: str, message: LayerMessage) -> None:
        """Raises ChannelFull where the channel is one of this process."""
        self.require_valid_channel_name(channel)
        require_message(message)
        owner = owner_of(channel)
        if self.upstream is None or owner == self.process:
            await self.at_home(self.send_inside(channel, message))
        elif owner is None:
            await self.upstream.layer.send(channel, message)
        else:
            await self.at_home(self.publish(PROCESS_GROUP + owner, self.wrapped(message, channel=channel)))

    async def receive(self, channel: str) -> LayerMessage:
        self.require_valid_channel_name(channel)
        await self.start()
        if self.upstream is not None and owner_of(channel) is None:
            received: LayerMessage = await self.upstream.layer.receive(channel)
            return received
        return await self.at_home(self.local.receive(channel))

    async def group_add(self, group: str, channel: str) -> None:
        """With an upstream, for channels of this process alone."""
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        if self.upstream is not None and owner_of(channel) != self.process:
            raise ValueError(f"{channel} is not of this process: its messages go elsewhere")
        await self.start()
        await self.at_home(self.join(group, channel))

    async def group_discard(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        await self.at_home(self.leave(group, channel))

    async def group_send(self, group: str, message: LayerMessage) -> None:
        self.require_valid_group_name(group)
        require_message(message)
        await self.at_home(self.send_to_all(group, message))

    def local_group_send(self, group: str, message: LayerMessage) -> int:
        """To the members in this process alone. Returns how many receivers took it."""
        return self.local.send_to_group(group, message)

    async def remote_group_send(self, group: str, message: LayerMessage) -> None:
        """To the members in the other processes alone."""
        if self.upstream is not None:
            await self.at_home(self.publish(group, self.wrapped(message, group=group)))

    def attach(self, channel: str, receiver: Receiver) -> None:
        """Call `receiver` with what is sent to the channel and its groups, from now on."""
        self.local.receivers[channel] = receiver

    def detach(self, channel: str) -> None:
        self.local.receivers.pop(channel, None)

    async def flush(self) -> None:
        """Forget everything; the layer can be used on."""
        self.local = LocalChannels(self.get_capacity, self.local.expiry, self.local.group_expiry)
        await self.close()

    async def close(self) -> None:
        """End what runs for the upstream."""
        if self.upstream is not None and self.loop is not None:
            await self.at_home(self.upstream.stop())
        self.loop = None

    async def start(self) -> None:
        """The first loop with a channel is where the layer lives, until it ends."""
        if self.loop is None or self.loop.is_closed():
            self.loop = asyncio.get_running_loop()
            if self.upstream is not None:
                self.upstream = Upstream(self.upstream.layer, self.take)
                self.upstream.wanted.update(self.local.groups)
                self.upstream.start()
                await self.upstream.join(PROCESS_GROUP + self.process)

    async def at_home(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Queues and groups are for one loop. Another one, as that of `async_to_sync` in a thread, waits for it."""
        if self.loop is None or self.loop.is_closed() or self.loop is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    async def send_inside(self, channel: str, message: LayerMessage) -> None:
        self.local.send(channel, message)

    async def join(self, group: str, channel: str) -> None:
        self.local.add(group, channel)
        if self.upstream is not None:
            await self.upstream.join(group)

    async def leave(self, group: str, channel: str) -> None:
        self.local.discard(group, channel)
        if self.upstream is not None and group not in self.local.groups:
            self.upstream.leave(group)

    async def send_to_all(self, group: str, message: LayerMessage) -> None:
        self.local.send_to_group(group, message)
        if self.upstream is not None:
            await self.publish(group, self.wrapped(message, group=group))

    async def publish(self, group: str, wrapped: LayerMessage) -> None:
        """Without waiting where the layer lives; a loop that may end at once has to wait."""
        assert self.upstream is not None
        if self.loop is asyncio.get_running_loop():
            self.upstream.publish(group, wrapped)
        else:
            await self.upstream.attempt(self.upstream.layer.group_send(group, wrapped))

    def wrapped(self, message: LayerMessage, **address: str) -> LayerMessage:
        return {"from": self.process, "message": message, **address}

    def take(self, wrapped: LayerMessage) -> None:
        """From the upstream. What this process published has reached its own members already."""
        if wrapped["from"] == self.process:
            return
        if "channel" in wrapped:
            self.local.offer(wrapped["channel"], wrapped["message"])
        else:
            self.local.send_to_group(wrapped["group"], wrapped["message"])


def owner_of(channel: str) -> str | None:
    """The process that a channel of `new_channel` belongs to."""
    prefix, mark, _ = channel.partition("!")
    return prefix[-PROCESS_LENGTH:] if mark else None


def require_message(message: LayerMessage) -> None:
    if not isinstance(message, dict):
        raise TypeError(f"a message must be a dict, not {type(message).__name__}")
