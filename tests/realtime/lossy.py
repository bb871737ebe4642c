"""A channel layer that loses messages, as every layer may."""

from __future__ import annotations

import random
from typing import Any

from realtime.layers.fan_out import FanOutChannelLayer


class LossyLayer(FanOutChannelLayer):
    """Drops every second broadcast to the sockets, at random."""

    def local_group_send(self, group: str, message: dict[str, Any]) -> int:
        if random.random() < 0.5:
            return super().local_group_send(group, message)
        return 0


class BrokenLayer(FanOutChannelLayer):
    """As when Redis is away: nothing gets from process to process, and every try is an error."""

    crosses_processes = True

    async def remote_group_send(self, group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("no layer")
