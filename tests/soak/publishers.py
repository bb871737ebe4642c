"""Publishers that send each message until it is acknowledged, always with the same `id`."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kitt_client.frames import Message, Refusal, message_frame
from tests.soak.accounts import Accounts
from tests.soak.clients import Client
from tests.soak.cluster import Cluster

MAX_UNACKNOWLEDGED = 30
RESEND_AFTER_S = 5.0
"""On an open connection: as a client that loses its patience, and makes the server see an id twice."""
LARGE = 0.01
LARGE_CHARACTERS = 200_000

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "freight": ("route_update", {"shipment_id": "SH-1"}),
    "packing": ("packing_result", {"shipment_id": "SH-1"}),
    "notifications": ("traffic_update", {"category": "accident"}),
}


@dataclass
class Unacknowledged:
    text: str
    made: float
    due: float
    sent: bool = False


class Publisher(Client):
    """A client that never leaves by itself, and publishes `rate` messages a second."""

    def __init__(self, name: str, endpoint: str, cluster: Cluster, accounts: Accounts, rate: float) -> None:
        super().__init__(name, endpoint, cluster, accounts, None)
        self.rate = rate
        self.number = 0
        self.held_back = 0
        self.unacknowledged: dict[str, Unacknowledged] = {}
        self.resent: set[str] = set()

    async def publish(self, stop: asyncio.Event) -> None:
        """Until `stop` is set and everything is acknowledged."""
        while not stop.is_set() or self.unacknowledged:
            await asyncio.sleep(random.uniform(0.5, 1.5) / self.rate)
            if not stop.is_set():
                self.make()
            await self.send_due()

    def make(self) -> None:
        if len(self.unacknowledged) >= MAX_UNACKNOWLEDGED:
            self.held_back += 1
            return
        self.number += 1
        type, body = BODIES[self.endpoint]
        size = random.randint(0, 1000)
        if self.endpoint == "packing" and random.random() < LARGE:
            size = LARGE_CHARACTERS
        id = f"{self.name}-{self.number}"
        text = message_frame(type, {**body, "note": "x" * size}, id=id, correlation_id=id, timestamp=None)
        now = time.monotonic()
        self.unacknowledged[id] = Unacknowledged(text, now, now)

    async def send_due(self) -> None:
        now = time.monotonic()
        for id, message in list(self.unacknowledged.items()):
            if self.socket is not None and message.due <= now:
                message.due = now + RESEND_AFTER_S
                if message.sent:
                    self.resent.add(id)
                message.sent = True
                await send(self.socket, message.text)

    def got(self, message: Message) -> None:
        if not self.is_answer_out_of_turn(message):
            super().got(message)
        if message.sender == self.name and (sent := self.unacknowledged.pop(message.id, None)):
            self.accounts.acknowledged(self.endpoint, self.name, message.id, message.offset, sent.made)

    def is_answer_out_of_turn(self, message: Message) -> bool:
        """What was sent again may be answered by itself, before or after its turn in the stream."""
        return message.id in self.resent and message.offset != self.offset + 1

    def refused(self, refusal: Refusal) -> None:
        """What is retryable is sent again when it is due."""
        if not refusal.retryable:
            super().refused(refusal)

    async def connection(self) -> int | None:
        for message in self.unacknowledged.values():
            message.due = 0.0
        return await super().connection()


async def send(socket: ClientConnection, text: str) -> None:
    # The reader sees it, too.
    with suppress(ConnectionClosed):
        await socket.send(text)
