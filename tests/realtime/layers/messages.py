"""Layer messages that are told apart by a number."""

from __future__ import annotations

import asyncio
from typing import Any

from realtime.layers.fan_out import FanOutChannelLayer

TIMEOUT_S = 15


def message(number: int) -> dict[str, Any]:
    return {"type": "t", "n": number}


async def receive(layer: FanOutChannelLayer, channel: str, count: int = 1) -> list[int]:
    """The numbers of the next messages."""
    async with asyncio.timeout(TIMEOUT_S):
        return [(await layer.receive(channel))["n"] for _ in range(count)]


async def is_empty(layer: FanOutChannelLayer, channel: str) -> bool:
    """Whether the next that comes is one that is sent now."""
    await layer.send(channel, message(-1))
    return await receive(layer, channel) == [-1]
