"""A server in this process that speaks `kitt.v1` with durable streams, and does what a test tells it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Frame = dict[str, Any]
Plan = Callable[["Peer"], Awaitable[None]]
TIMEOUT_S = 10


class Peer:
    """A connection as the server sees it: what it asked for, what it sent."""

    def __init__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.socket = socket
        url = urlsplit(socket.request.path)
        self.endpoint = url.path.removeprefix("/ws/")
        self.query = dict(parse_qsl(url.query))
        self.headers = socket.request.headers
        self.received: list[Frame] = []
        self.is_live = False

    async def send(self, frame_type: str, payload: Frame | None = None, **fields: Any) -> None:
        frame = {"type": frame_type, "timestamp": "2026-01-01T00:00:00.000Z", "correlation_id": "c", **fields}
        await self.socket.send(json.dumps(frame | {"payload": payload or {}}))

    async def disconnect(self, code: int, **fields: Any) -> None:
        payload = {"code": code, "reason": "told", "reconnect": code >= 4100, "retry_after_ms": None, **fields}
        await self.send("disconnect", payload)
        await self.socket.close(code)

    def drop(self) -> None:
        """Without a close frame: the client sees 1006."""
        self.socket.transport.abort()

    def sent(self, frame_type: str) -> list[Frame]:
        return [frame for frame in self.received if frame["type"] == frame_type]

    @property
    def ids(self) -> list[str]:
        return [frame["id"] for frame in self.received if "id" in frame]


class ScriptedServer:
    """`plans` and `statuses` are used up, one for each connection; `on_message` may take a message over."""

    def __init__(self) -> None:
        self.url = ""
        self.epoch = "e1"
        self.log: list[Frame] = []
        self.peers: list[Peer] = []
        self.plans: deque[Plan] = deque()
        self.statuses: deque[int] = deque()
        self.retry_after = ""
        self.interval_s = 20.0
        self.stale_s = 60.0
        self.on_message: Callable[[Peer, Frame], Awaitable[bool]] = not_taken
        self._changed = asyncio.Event()

    @property
    def offsets(self) -> list[int]:
        return [frame["offset"] for frame in self.log]

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()

    async def peer(self, number: int = 0) -> Peer:
        """A connection, as soon as it is welcomed; 0 is the first."""
        await self.until(lambda: len(self.peers) > number and self.peers[number].is_live)
        return self.peers[number]

    async def store(self, message_id: str, sender: str = "other", **fields: Any) -> Frame:
        """Append to the stream and broadcast; a message with the same id is stored once."""
        frame = self.append(message_id, sender, **fields)
        for peer in self.peers:
            if peer.is_live:
                await self.forward(peer, frame)
        return frame

    def append(self, message_id: str, sender: str = "other", **fields: Any) -> Frame:
        """Append to the stream, and tell nobody."""
        usual = {"type": "route_update", "payload": {}, "timestamp": "2026-01-01T00:00:00Z", "correlation_id": "c"}
        frame: Frame = {**usual, **fields, "id": message_id, "sender": sender, "offset": len(self.log) + 1}
        self.log.append(frame)
        return frame

    async def forward(self, peer: Peer, frame: Frame) -> None:
        try:
            await peer.socket.send(json.dumps(frame))
        except ConnectionClosed:
            peer.is_live = False

    async def handle(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self.peers.append(peer)
        self._changed.set()
        try:
            await (self.plans.popleft()(peer) if self.plans else self.converse(peer))
        except ConnectionClosed:
            pass
        finally:
            peer.is_live = False
            self._changed.set()

    async def converse(self, peer: Peer) -> None:
        """What a server does that is told nothing else."""
        await self.welcome(peer)
        async for text in peer.socket:
            frame = json.loads(text)
            peer.received.append(frame)
            self._changed.set()
            if frame["type"] == "heartbeat":
                await peer.send("heartbeat", {"offset": len(self.log)})
            elif not await self.on_message(peer, frame):
                await self.answer(peer, frame)

    async def welcome(self, peer: Peer) -> None:
        since, last = int(peer.query.get("since", -1)), int(peer.query.get("last", 0))
        recovered = 0 <= since <= len(self.log) and peer.query.get("epoch") == self.epoch
        missed = self.log[since:] if recovered else self.log[len(self.log) - last :]
        payload = {"epoch": self.epoch, "offset": len(self.log), "recovered": recovered, "replayed": len(missed)}
        beats = {"heartbeat_interval_s": self.interval_s, "stale_after_s": self.stale_s}
        await peer.send("welcome", {"connection_id": "1", "endpoint": peer.endpoint, **payload, **beats})
        for frame in missed:
            await self.forward(peer, frame)
        peer.is_live = True
        self._changed.set()

    async def answer(self, peer: Peer, frame: Frame) -> None:
        sender = peer.query["client_id"]
        known = [old for old in self.log if (old["id"], old["sender"]) == (frame["id"], sender)]
        if known:
            await self.forward(peer, known[0])
        else:
            fields = {name: value for name, value in frame.items() if name != "id"}
            await self.store(frame["id"], sender, **fields)

    def check_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if not self.statuses:
            return None
        response = connection.respond(HTTPStatus(self.statuses.popleft()), "no")
        if self.retry_after:
            response.headers["Retry-After"] = self.retry_after
        return response


async def not_taken(peer: Peer, frame: Frame) -> bool:
    return False


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    options: dict[str, Any] = {"process_request": scripted.check_request, "max_size": None, "close_timeout": 1}
    async with serve(scripted.handle, "127.0.0.1", 0, **options) as server:
        scripted.url = f"ws://127.0.0.1:{port_of(server)}"
        yield scripted


def port_of(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port
