"""What daphne lacks: a `send` that waits for its client, and a client that is not read faster than it is served."""

from __future__ import annotations

import asyncio
from typing import Any

from autobahn.twisted.websocket import WebSocketServerProtocol

from realtime.asgi import Application, Event, Receive, Scope, Send
from realtime.server.light import Gate

PACE_KEY = "kitt_pace"
MAX_UNTAKEN = 16
"""Events that wait for the application; then its client waits."""


class Pace:
    """The flow control of one WebSocket: a push producer for its transport, and the queue that daphne puts events into.

    Twisted pauses a producer when more than 64 KiB wait in the write buffer, and resumes it when none do.
    """

    def __init__(self, protocol: WebSocketServerProtocol) -> None:
        self.transport: Any = protocol.transport
        self.events: asyncio.Queue[Event]
        self.writable = Gate()
        self.writable.set()
        # Of the HTTP connection that this was.
        protocol.unregisterProducer()
        protocol.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self.writable.clear()

    def resumeProducing(self) -> None:
        self.writable.set()

    def stopProducing(self) -> None:
        """The connection is lost: whatever waits may fail now."""
        self.writable.set()

    def put_nowait(self, event: Event) -> None:
        self.events.put_nowait(event)
        if self.events.qsize() == MAX_UNTAKEN:
            self.transport.pauseProducing()

    async def take(self, receive: Receive) -> Event:
        event = await receive()
        if self.events.qsize() == MAX_UNTAKEN - 1:
            self.transport.resumeProducing()
        return event

    def end(self) -> None:
        """A client that does not read would never let the transport close: it is cut."""
        if not self.writable.is_open:
            self.transport.abortConnection()


def paced(application: Application) -> Application:
    """The application with the pace of its WebSockets, where the scope has one."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        pace: Pace | None = scope.pop(PACE_KEY, None)
        if pace is None:
            await application(scope, receive, send)
            return

        async def send_when_writable(event: Event) -> None:
            await pace.writable.wait()
            await send(event)

        try:
            await application(scope, lambda: pace.take(receive), send_when_writable)
        finally:
            pace.end()

    return run
