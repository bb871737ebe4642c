"""Senders and readers that live through a fault of the store, and the account that must balance afterwards."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.clients import HEARTBEAT, Client, connect
from tests.servers import Server
from tests.waiting import until

READERS = 3
IN_FLIGHT = 16
PAUSE_S = 0.02
HEARTBEAT_S = 0.2


@dataclass
class Reader:
    """`offsets` are those of the messages that it got; `beats` counts the answers to its heartbeats."""

    client: Client
    offsets: list[int] = field(default_factory=list)
    beats: int = 0

    async def read(self) -> None:
        while True:
            frame = await self.client.receive()
            if frame["type"] == "heartbeat":
                self.beats += 1
            elif "offset" in frame:
                self.offsets.append(frame["offset"])

    async def beat(self) -> None:
        while True:
            await self.client.send(HEARTBEAT)
            await asyncio.sleep(HEARTBEAT_S)


@dataclass
class Sender:
    """Sends a message every PAUSE_S, each until it is stored. `told` has the offsets, by id, `errors` the refusals."""

    client: Client
    name: str
    told: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    waiting: deque[str] = field(default_factory=deque)
    sent: int = 0

    async def send(self, stop: asyncio.Event) -> None:
        while not stop.is_set() or len(self.told) < self.sent:
            if self.waiting:
                await self.send_one(self.waiting.popleft())
            elif not stop.is_set() and self.sent - len(self.told) < IN_FLIGHT:
                self.sent += 1
                await self.send_one(f"{self.name}-{self.sent}")
            await asyncio.sleep(PAUSE_S)

    async def send_one(self, id: str) -> None:
        await self.client.send(
            {"type": "route_update", "id": id, "correlation_id": id, "payload": {"shipment_id": "SH-1"}}
        )

    async def hear(self) -> None:
        while True:
            frame = await self.client.receive()
            if frame["type"] == "error":
                self.errors.append(frame["payload"])
                self.waiting.append(frame["correlation_id"])
            elif frame.get("sender") == self.name:
                self.told[frame["id"]] = frame["offset"]


class Life:
    """Everybody who is connected."""

    def __init__(self, senders: list[Sender], readers: list[Reader]) -> None:
        self.senders, self.readers = senders, readers

    @property
    def stored(self) -> int:
        return sum(len(sender.told) for sender in self.senders)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [error for sender in self.senders for error in sender.errors]

    async def flow(self, count: int = 10) -> None:
        """Waits until so many more were stored."""
        goal = self.stored + count
        await until(lambda: self.stored >= goal)

    async def beat(self, count: int = 3) -> None:
        """Waits until every reader had so many more answers."""
        goals = [reader.beats + count for reader in self.readers]
        await until(lambda: all(reader.beats >= goal for reader, goal in zip(self.readers, goals, strict=True)))

    async def balance(self) -> None:
        """Raises AssertionError where a reader has a hole or a duplicate, or a sender was told what is not so."""
        told = [offset for sender in self.senders for offset in sender.told.values()]
        head = max(told)
        await until(lambda: all(reader.offsets[-1:] >= [head] for reader in self.readers))
        assert all(reader.offsets == list(range(1, len(reader.offsets) + 1)) for reader in self.readers)
        assert len(set(told)) == len(told), "two messages were told the same offset"


@asynccontextmanager
async def life(servers: Sequence[Server]) -> AsyncIterator[Life]:
    """A sender and readers on every server. It flows when the block begins; nobody may be gone at its end."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        senders, readers = [], []
        for number, server in enumerate(servers):
            for reader in range(READERS):
                client = await stack.enter_async_context(connect(server.ws_url, client_id=f"reader-{number}-{reader}"))
                readers.append(Reader(client))
            name = f"sender-{number}"
            senders.append(Sender(await stack.enter_async_context(connect(server.ws_url, client_id=name)), name))
        here = Life(senders, readers)
        works = [work for reader in readers for work in (reader.read(), reader.beat())]
        going = [asyncio.create_task(work) for work in (*works, *(sender.hear() for sender in senders))]
        sending = [asyncio.create_task(each.send(stop)) for each in senders]
        await here.flow()
        yield here
        stop.set()
        await asyncio.gather(*sending)
        await here.balance()
        assert not any(task.done() for task in going), "somebody was disconnected"
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
