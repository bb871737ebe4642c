"""Messages without a pause, for as long as something else is tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.clients import TIMEOUT_S, Client, connect
from tests.raw_frames import text
from tests.servers import Server

IN_FLIGHT = 16
PUBLISHER = "publisher"
# Beyond ASCII, so that a cut through a character shows.
MESSAGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "Łódź → Köln"}}


class Burst:
    """`head` is the offset of the publisher's last message that came back."""

    def __init__(self, client: Client, message: dict[str, Any]) -> None:
        self.client = client
        self.message = message
        self.head: int = client.welcome["payload"]["offset"]
        self.sent = self.returned = 0
        self.over = False
        self.moved = asyncio.Event()

    async def run(self) -> None:
        while not self.over or self.returned < self.sent:
            if not self.over and self.sent - self.returned < IN_FLIGHT:
                await self.client.send(text(self.message).decode())
                self.sent += 1
            else:
                await self.take()

    async def take(self) -> None:
        message = await self.client.receive()
        assert "offset" in message
        if message["sender"] == PUBLISHER:
            self.head = message["offset"]
            self.returned += 1
            self.moved.set()
            self.moved.clear()

    async def flow(self, count: int) -> None:
        """Waits until so many more have come back."""
        goal = self.returned + count
        async with asyncio.timeout(TIMEOUT_S):
            while self.returned < goal:
                await self.moved.wait()


@asynccontextmanager
async def burst(server: Server, endpoint: str = "freight", message: dict[str, Any] = MESSAGE) -> AsyncIterator[Burst]:
    """It flows when the block begins, and flows on until the block ends; then all of it has come back."""
    async with connect(server.ws_url, endpoint, PUBLISHER) as client:
        load = Burst(client, message)
        task = asyncio.create_task(load.run())
        try:
            await load.flow(IN_FLIGHT)
            yield load
        finally:
            load.over = True
            await task
