"""Publishers and subscribers that go on through crashes, and the account that must balance afterwards.

Every subscriber's record must be 1..head, every message that a publisher was told is stored must be there at the
offset that it was told, and nothing may be stored twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from kitt_client import Backoff, Gap, Kitt, Message
from tests.servers import Server

QUICK = Backoff(base=0.05, cap=0.5, least=0.05, jitter=0.2)
PUBLISHERS = 4
SUBSCRIBERS = 20
PAUSE_S = 0.005
# Room for a crash, a start and a resume.
TIMEOUT_S = 60

Fault = Callable[[], Awaitable[None]]
Settle = Callable[[], Awaitable[None]]
# When a message was sent, and the seconds until it was there.
Times = list[tuple[float, float]]


@dataclass
class Account:
    """What the clients saw. `told` has the offset that a publisher was told, by publisher and number."""

    told: dict[tuple[str, int], int] = field(default_factory=dict)
    records: list[list[Message]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    answers: Times = field(default_factory=list)
    deliveries: Times = field(default_factory=list)

    @property
    def head(self) -> int:
        return max(self.told.values(), default=0)


async def run(url: str, account: Account, rounds: int, fault: Fault) -> None:
    """Let the clients work through `rounds` faults, and until every subscriber has everything."""
    async with traffic([url], account) as settle:
        for _ in range(rounds):
            await asyncio.sleep(random.uniform(0.1, 1.0))
            await fault()
        await settle()


@asynccontextmanager
async def traffic(urls: Sequence[str], account: Account, pause: float = PAUSE_S) -> AsyncIterator[Settle]:
    """Clients at work, spread over the servers.

    What it yields ends the publishers, and returns when every subscriber has everything.
    """
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        readers = []
        for number, url in zip(range(SUBSCRIBERS), cycle(urls), strict=False):
            kitt = Kitt(url, client_id=f"subscriber-{number}", backoff=QUICK)
            readers.append(asyncio.create_task(subscribe(await stack.enter_async_context(kitt), account)))
        await everyone(lambda: len(account.records) == SUBSCRIBERS)
        publishers = [
            asyncio.create_task(publish(url, f"publisher-{number}", account, stop, pause))
            for number, url in zip(range(PUBLISHERS), cycle(urls), strict=False)
        ]

        async def settle() -> None:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*publishers), TIMEOUT_S)
            await everyone(lambda: all(len(record) >= account.head for record in account.records))

        try:
            yield settle
        finally:
            for task in (*publishers, *readers):
                task.cancel()
            await asyncio.gather(*publishers, *readers, return_exceptions=True)


async def subscribe(kitt: Kitt, account: Account) -> None:
    record: list[Message] = []
    async with kitt.subscribe("freight", since=0) as messages:
        account.records.append(record)
        async for message in messages:
            if isinstance(message, Gap):
                account.gaps.append(message)
            else:
                record.append(message)
                sent_at = message.payload["sent_at"]
                account.deliveries.append((sent_at, time.monotonic() - sent_at))


async def publish(url: str, name: str, account: Account, stop: asyncio.Event, pause: float) -> None:
    number = 0
    async with Kitt(url, client_id=name, backoff=QUICK) as kitt:
        while not stop.is_set():
            number += 1
            sent_at = time.monotonic()
            payload = {"shipment_id": f"{name}-{number}", "sequence": number, "sent_at": sent_at}
            stored = await kitt.publish("freight", "route_update", payload, timeout=TIMEOUT_S)
            account.told[name, number] = stored.offset
            account.answers.append((sent_at, time.monotonic() - sent_at))
            await asyncio.sleep(pause)


async def everyone(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while not done():  # noqa: ASYNC110 (the records grow in twenty tasks)
            await asyncio.sleep(0.02)


def check(account: Account, server: Server) -> None:
    """Raises AssertionError where the account does not balance."""
    rows = server.rows('SELECT "offset", sender, message_id FROM realtime_message ORDER BY 1')
    head = len(rows)
    assert [row[0] for row in rows] == list(range(1, head + 1)), "the log has a hole"
    assert len({row[1:] for row in rows}) == head, "a message was stored twice"
    assert account.gaps == [], "a subscriber was told of a gap"
    for record in account.records:
        assert [message.offset for message in record] == list(range(1, head + 1)), "a subscriber's record has a hole"
    by_offset = {message.offset: message for message in account.records[0]}
    for (name, number), offset in account.told.items():
        seen = by_offset[offset]
        assert (seen.sender, seen.payload["sequence"]) == (name, number), "what was told is not what is stored"
    numbers = {(message.sender, message.payload["sequence"]) for message in account.records[0]}
    assert len(numbers) == head, "a message has two offsets"


class Restarter:
    """A server on one port and one database that is killed with -9 and started again."""

    def __init__(self, kind: str, folder: Path, database: Path, port: int) -> None:
        self.kind, self.folder, self.database, self.port = kind, folder, database, port
        self.start()

    def start(self) -> None:
        settings = {"KITT_RATE_LIMIT": "0", "KITT_MAX_REPLAY": "100000"}
        self.server = Server(self.kind, self.folder, self.database, settings, self.port)
        self.server.wait_until_it_answers()

    async def crash(self) -> None:
        self.server.kill()
        await asyncio.to_thread(self.start)
