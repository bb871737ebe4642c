"""One connection, from its welcome to its end."""

from __future__ import annotations

import asyncio
import logging
from typing import NoReturn

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kitt_client.fanout import Fanout
from kitt_client.frames import HEARTBEAT, Goodbye, HeartbeatReply, Message, Ping, Refusal, Welcome, parse
from kitt_client.outbox import Outbox
from kitt_client.places import Place
from kitt_client.race import race

logger = logging.getLogger("kitt_client")

WELCOME_TIMEOUT_S = 10
LEAST_INTERVAL_S = 0.01


class Session:
    """Reads and writes one socket. What it leaves: `goodbye` and `complaint` say why the server closed it."""

    def __init__(self, socket: ClientConnection, fanout: Fanout, outbox: Outbox) -> None:
        self.socket = socket
        self.fanout = fanout
        self.outbox = outbox
        self.goodbye: Goodbye | None = None
        self.complaint: Refusal | None = None
        self.epoch = ""
        self.interval_s = 0.0
        self.stale_s = 0.0
        self._is_pinged = False
        self._spoke = 0.0

    async def run(self, query: Place) -> None:
        """Until a subscriber needs another connection; all other ends are exceptions.

        Raises ConnectionClosed, BadFrame, Hole, and TimeoutError where the line is dead.
        """
        async with asyncio.timeout(WELCOME_TIMEOUT_S):
            welcome = await self._welcome()
        self.epoch = welcome.epoch
        self.interval_s = max(welcome.heartbeat_interval_s, LEAST_INTERVAL_S)
        self.stale_s = max(welcome.stale_after_s, 2 * self.interval_s)
        self._spoke = _now()
        self.outbox.restart()
        self.fanout.welcomed(query, welcome)
        try:
            await race(self._receive(), self._send(), self.fanout.rewind.wait())
        finally:
            self.fanout.disconnected()

    async def _welcome(self) -> Welcome:
        while True:
            frame = parse(await self.socket.recv(), "")
            if isinstance(frame, Welcome):
                return frame
            if isinstance(frame, Refusal):
                self.complaint = frame
            elif isinstance(frame, Goodbye):
                self.goodbye = frame

    async def _receive(self) -> NoReturn:
        # Every heartbeat is answered, so an open line is never silent for as long as this. Time in which nobody reads,
        # because a subscriber has no room, does not count; so WebSocket pings, which would count it, are off.
        while True:
            async with asyncio.timeout(self.stale_s):
                text = await self.socket.recv()
            await self._handle(text)

    async def _handle(self, text: str | bytes) -> None:
        match parse(text, self.epoch):
            case Message() as message:
                await self.fanout.deliver(message, out_of_turn=self.outbox.accept(message))
            case Ping():
                # The one writer answers: a reader that writes could wait for a server that waits for its reader.
                self._is_pinged = True
                self.outbox.wake.set()
            case HeartbeatReply() as reply:
                self.fanout.head_is(reply.offset)
            case Refusal() as refusal:
                if not self.outbox.refuse(refusal, _now()):
                    logger.info("an error about no message of ours: %s %s", refusal.code, refusal.message)
            case Goodbye() as goodbye:
                self.goodbye = goodbye

    async def _send(self) -> None:
        try:
            while True:
                self.outbox.wake.clear()
                text = self._next_text()
                if text is None:
                    await self._wait()
                else:
                    await self.socket.send(text)
                    self._spoke = _now()
        except ConnectionClosed:
            # The reader ends the session: there may be frames to read that came before the close.
            await asyncio.get_running_loop().create_future()

    def _next_text(self) -> str | None:
        if self._is_pinged or _now() >= self._spoke + self.interval_s:
            self._is_pinged = False
            return HEARTBEAT
        message = self.outbox.next(_now())
        if message is None:
            return None
        message.sent = True
        return message.text

    async def _wait(self) -> None:
        """Until there is something new to send, a heartbeat is due, or a hold is over."""
        due = self._spoke + self.interval_s
        if self.outbox.held_until > _now():
            due = min(due, self.outbox.held_until)
        try:
            async with asyncio.timeout_at(due):
                await self.outbox.wake.wait()
        except TimeoutError:
            pass


def _now() -> float:
    return asyncio.get_running_loop().time()
