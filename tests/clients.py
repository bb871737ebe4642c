"""A WebSocket client for tests against real servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from tests import frame_schemas

TIMEOUT_S = 15

HEARTBEAT = {"type": "heartbeat", "payload": {}}
ROUTE_UPDATE = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}


class Client:
    """Frames as objects, each held against the published schemas; every wait has a time limit."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.first: dict[str, Any] = {}

    @property
    def welcome(self) -> dict[str, Any]:
        assert self.first["type"] == "welcome"
        return self.first

    async def send(self, frame: dict[str, Any] | str | bytes) -> None:
        await self.socket.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(TIMEOUT_S):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        self.check(frame)
        return frame

    def check(self, frame: dict[str, Any]) -> None:
        """Raises ValidationError."""
        frame_schemas.check(frame)

    async def receive_type(self, frame_type: str) -> dict[str, Any]:
        """The next frame of this type; others are passed over."""
        while True:
            frame = await self.receive()
            if frame["type"] == frame_type:
                return frame

    async def ask(self, frame: dict[str, Any] | str | bytes) -> dict[str, Any]:
        await self.send(frame)
        return await self.receive()

    async def until_closed(self) -> tuple[list[dict[str, Any]], int | None]:
        """The frames that still come, and the code of the close; None where the connection just broke."""
        frames = []
        try:
            while True:
                frames.append(await self.receive())
        except websockets.ConnectionClosed as closed:
            return frames, closed.rcvd.code if closed.rcvd else None


@asynccontextmanager
async def connect(
    ws_url: str, endpoint: str = "freight", client_id: str = "test", kind: type[Client] = Client, **options: Any
) -> AsyncIterator[Client]:
    """A client that has its first frame: a welcome, unless the server turned it away."""
    url = f"{ws_url}/ws/{endpoint}?{options.pop('query', f'client_id={client_id}')}"
    async with websockets.connect(url, max_size=None, max_queue=None, **options) as socket:
        client = kind(socket)
        client.first = await client.receive()
        yield client
