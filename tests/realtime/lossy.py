"""A channel layer that loses messages, as every layer may."""

from __future__ import annotations

import random
from typing import Any

from realtime.layers import LocalChannelLayer


class LossyLayer(LocalChannelLayer):
    """Drops every second broadcast, at random; between processes and to sockets alike."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if random.random() < 0.5:
            await super().group_send(group, message)


class BrokenLayer(LocalChannelLayer):
    """As when Redis is away: nothing gets from process to process, and every try is an error."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if "." not in group.removeprefix("kitt."):
            raise ConnectionError("no layer")
        await super().group_send(group, message)
