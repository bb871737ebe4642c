"""Subscribers that come and go for as long as the soak lasts, and check each message that they get."""

from __future__ import annotations

import asyncio
import random
import time
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from kitt_client.advice import ABNORMAL, Backoff, wait_after
from kitt_client.frames import HEARTBEAT, BadFrame, Goodbye, Message, Ping, Refusal, Welcome, parse
from tests.soak.accounts import Accounts, Record
from tests.soak.cluster import Cluster, Node

BACKOFF = Backoff()
OPEN_TIMEOUT_S = 10
MAX_FRAME_BYTES = 2 * 1024 * 1024
AWAY_S = 8.0
FRESH = 0.1
"""The share of the returns without `since`: a client that begins anew."""


class Client:
    """Goes on over any number of connections, from the offset that it has.

    It leaves after some `stay_s` seconds; with None never, and not while `stays` is set.
    """

    def __init__(self, name: str, endpoint: str, cluster: Cluster, accounts: Accounts, stay_s: float | None) -> None:
        self.name = name
        self.endpoint = endpoint
        self.cluster = cluster
        self.accounts = accounts
        self.stay_s = stay_s
        self.record: Record | None = None
        self.epoch = ""
        self.node: Node | None = None
        self.socket: ClientConnection | None = None
        self.goodbye: Goodbye | None = None
        self.heard = 0.0
        self.cut_because = ""
        self.stays = False

    @property
    def is_open(self) -> bool:
        return self.socket is not None

    @property
    def offset(self) -> int:
        return self.record.last if self.record else 0

    def cut(self, because: str) -> None:
        """Reset the connection."""
        if self.socket is not None:
            self.cut_because = because
            self.socket.transport.abort()

    async def run(self) -> None:
        """Until it is cancelled."""
        failures = 0
        try:
            while True:
                code = await self.connection()
                failures = 0 if code is None else failures + 1
                await asyncio.sleep(self.pause(code, failures))
        finally:
            if self.socket is not None:
                self.socket.transport.abort()

    def pause(self, code: int | None, failures: int) -> float:
        if code is None:
            return random.uniform(0, AWAY_S)
        after = self.goodbye.retry_after_ms if self.goodbye else None
        return wait_after(code, after, failures - 1, BACKOFF)

    async def connection(self) -> int | None:
        """One connection. Returns the code it ended with; None where this client left."""
        self.goodbye, self.cut_because = None, ""
        node = self.cluster.any_node()
        try:
            socket = await self.opened(node)
        except (OSError, WebSocketException, BadFrame) as error:
            self.accounts.refusals[self.refusal(error)] += 1
            return self.goodbye.code if self.goodbye else ABNORMAL
        self.node, self.socket = node, socket
        try:
            await self.stay(socket)
        except ConnectionClosed as closed:
            return self.ended(node, closed.rcvd.code if closed.rcvd else ABNORMAL)
        finally:
            self.socket = None
        await leave(socket)
        return None

    async def opened(self, node: Node) -> ClientConnection:
        """A connection that was welcomed."""
        fresh = self.record is None or (self.stay_s is not None and random.random() < FRESH)
        place = {} if fresh else {"since": str(self.offset), "epoch": self.epoch}
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            socket = await connect(
                f"{node.server.ws_url}/ws/{self.endpoint}?{urlencode({'client_id': self.name, **place})}",
                compression=None,
                open_timeout=None,
                close_timeout=2,
                ping_interval=None,
                max_size=MAX_FRAME_BYTES,
            )
            try:
                await self.take_welcome(socket, fresh=fresh)
            except BaseException:
                socket.transport.abort()
                raise
        return socket

    async def take_welcome(self, socket: ClientConnection, *, fresh: bool) -> None:
        while not isinstance(frame := parse(await socket.recv(), ""), Welcome):
            if isinstance(frame, Goodbye):
                self.goodbye = frame
        self.accounts.welcomes += 1
        self.epoch = frame.epoch
        self.heard = time.monotonic()
        if fresh or not frame.recovered:
            if not fresh:
                self.accounts.problem(f"{self.name}: not recovered at {self.offset}: {frame}")
            start = frame.offset - frame.replayed
            self.record = Record(start + 1, start)
            self.accounts.records.append(self.record)

    def refusal(self, error: Exception) -> str:
        if self.goodbye is not None:
            return f"closed with {self.goodbye.code}"
        return type(error).__name__

    async def stay(self, socket: ClientConnection) -> None:
        """Returns when it is time to leave."""
        while True:
            seconds = None if self.stay_s is None else random.expovariate(1 / self.stay_s)
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        await self.take(socket, await socket.recv())
            except TimeoutError:
                if not self.stays:
                    return

    async def take(self, socket: ClientConnection, text: str | bytes) -> None:
        self.heard = time.monotonic()
        match parse(text, self.epoch):
            case Message() as message:
                self.got(message)
            case Ping():
                await socket.send(HEARTBEAT)
            case Goodbye() as goodbye:
                self.goodbye = goodbye
            case Refusal() as refusal:
                self.refused(refusal)

    def got(self, message: Message) -> None:
        assert self.record is not None
        self.accounts.delivered(self.name, self.endpoint, self.record, message.offset, message.id)

    def refused(self, refusal: Refusal) -> None:
        self.accounts.problem(f"{self.name}: {refusal}")

    def ended(self, node: Node, code: int) -> int:
        cause = self.cut_because or node.ending
        self.accounts.ends[cause or "nothing", code] += 1
        if not cause:
            self.accounts.problem(f"{self.name} on {node.name}: closed with {code}, {self.goodbye}")
        return code


async def leave(socket: ClientConnection) -> None:
    """With a close frame, or without a word."""
    if random.random() < 0.5:
        socket.transport.abort()
    else:
        await socket.close()
