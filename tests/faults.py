"""Senders and readers that live through a fault of the store, and the account that must balance afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.clients import HEARTBEAT, Client, connect
from tests.servers import Server
from tests.waiting import until

READERS = 3
RESEND_S = 0.1
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
    """Sends a message until it is stored, and then the next; `told` has the offsets, by id, `errors` the refusals."""

    client: Client
    told: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)

    async def run(self, name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            frame = {"type": "route_update", "id": f"{name}-{len(self.told)}", "payload": {"shipment_id": "SH-1"}}
            self.told[frame["id"]] = await self.send_until_stored(frame)

    async def send_until_stored(self, frame: dict[str, Any]) -> int:
        while True:
            await self.client.send(frame)
            while (answer := await self.client.receive()).get("id") != frame["id"]:
                if answer["type"] == "error":
                    self.errors.append(answer["payload"])
                    await asyncio.sleep(RESEND_S)
                    break
            else:
                offset: int = answer["offset"]
                return offset


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
    """A sender and readers on every server. It flows when the block begins; nobody may be disconnected before its end."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        senders, readers = [], []
        for number, server in enumerate(servers):
            for reader in range(READERS):
                client = await stack.enter_async_context(connect(server.ws_url, client_id=f"reader-{number}-{reader}"))
                readers.append(Reader(client))
            senders.append(Sender(await stack.enter_async_context(connect(server.ws_url, client_id=f"sender-{number}"))))
        here = Life(senders, readers)
        going = [asyncio.create_task(work) for reader in readers for work in (reader.read(), reader.beat())]
        sending = [asyncio.create_task(each.run(f"s{n}", stop)) for n, each in enumerate(senders)]
        await here.flow()
        yield here
        stop.set()
        await asyncio.gather(*sending)
        await here.balance()
        assert not any(task.done() for task in going), "a reader was disconnected"
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
