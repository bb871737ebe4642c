"""The course of a soak: everybody comes, faults are made, everything calms down, and the accounts are settled."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from realtime.protocol.endpoints import ENDPOINTS
from tests.soak.accounts import Accounts, heads, messages
from tests.soak.clients import Client
from tests.soak.cluster import Cluster, running_cluster
from tests.soak.faults import FAULTS, STEADY, Scene
from tests.soak.memory import Memory
from tests.soak.publishers import Publisher
from tests.soak.strangers import Strangers

PATIENCE_S = 120
TABLE_WITHIN_S = 30.0
DEAF_S = 30.0
"""Longer than any fault keeps the messages away."""


@dataclass(frozen=True)
class Plan:
    """`rate` is of all publishers together, a second. `faults` are names of FAULTS, one every `every_s` seconds."""

    seed: int
    faults: Sequence[str]
    clients: int = 500
    publishers: int = 25
    rate: float = 50.0
    every_s: float = 30.0
    stay_s: float = 60.0
    settle_s: float = 90.0


@dataclass
class Happened:
    """One fault, and what came of it until the next. `at` is in seconds since the beginning."""

    at: float
    name: str
    detail: str = ""
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    longest_wait: float = 0.0


@dataclass
class Outcome:
    plan: Plan
    accounts: Accounts
    memory: Memory
    faults: list[Happened] = field(default_factory=list)
    strangers: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    stored: int = 0
    held_back: int = 0
    table_after_s: float = 0.0
    seconds: float = 0.0
    longest_lag: float = 0.0


class Soak:
    def __init__(self, plan: Plan, cluster: Cluster) -> None:
        self.plan = plan
        self.cluster = cluster
        self.accounts = Accounts()
        self.random = random.Random(plan.seed)
        names = list(ENDPOINTS)
        self.publishers = [
            Publisher(f"publisher-{n}", names[n % 3], cluster, self.accounts, plan.rate / plan.publishers)
            for n in range(plan.publishers)
        ]
        subscribers = [
            Client(f"client-{n}", names[n % 3], cluster, self.accounts, plan.stay_s)
            for n in range(plan.clients - plan.publishers)
        ]
        self.clients: list[Client] = [*self.publishers, *subscribers]
        self.scene = Scene(cluster, self.clients, Strangers(self.accounts), self.accounts, self.random)
        self.outcome = Outcome(plan, self.accounts, Memory(cluster))

    async def run(self) -> Outcome:
        started = time.monotonic()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            works = [client.run() for client in self.clients] + [self.outcome.memory.run(), self.watch()]
            tasks = [group.create_task(work) for work in works]
            publishing = [group.create_task(publisher.publish(stop)) for publisher in self.publishers]
            await self.make_faults()
            await self.settle()
            stop.set()
            await self.within("everything is acknowledged", asyncio.gather(*publishing))
            await self.within("everybody has everything", self.everybody_has_everything())
            for task in tasks:
                task.cancel()
        log = await asyncio.to_thread(messages, self.cluster.postgres.url)
        self.accounts.compare(log)
        self.outcome.stored = len(log)
        for name in self.outcome.memory.grown():
            self.accounts.problem(f"the memory of {name} did not come back to its plateau")
        self.outcome.held_back = sum(publisher.held_back for publisher in self.publishers)
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    async def make_faults(self) -> None:
        """The next begins `every_s` after the one before; what came of a fault is counted until then."""
        await asyncio.sleep(self.plan.every_s)
        for name in self.plan.faults:
            next_at = time.monotonic() + self.plan.every_s
            happened = Happened(time.monotonic() - self.accounts.started, name)
            self.outcome.faults.append(happened)
            ends, refusals = self.accounts.ends.copy(), self.accounts.refusals.copy()
            happened.detail = await FAULTS[name](self.scene)
            if len(self.outcome.faults) == len(self.plan.faults):
                await self.see_the_table_true()
            await asyncio.sleep(next_at - time.monotonic())
            happened.ends = self.accounts.ends - ends
            happened.refusals = self.accounts.refusals - refusals
            happened.longest_wait = self.accounts.longest_wait(happened.at)
            print(f"{happened.at:5.0f} s: {name} {happened.detail}: {dict(happened.ends)}", file=sys.stderr, flush=True)

    async def see_the_table_true(self) -> None:
        """After the last fault, with nobody who comes or goes."""
        began = time.monotonic()
        self.hold(still=True)
        await self.within("the connection table is true", self.table_is_true())
        self.outcome.table_after_s = time.monotonic() - began
        if self.outcome.table_after_s > TABLE_WITHIN_S:
            self.accounts.problem(f"the connection table was true after {self.outcome.table_after_s:.0f} s")
        self.hold(still=False)

    async def table_is_true(self) -> None:
        server = self.cluster.by_number[STEADY].server
        while True:
            table = await asyncio.to_thread(server.connected)
            strangers = [name for name in table if name.startswith("stranger-")]
            here = sorted(client.name for client in self.clients if client.is_open)
            if len(here) == len(self.clients) and table == sorted(here + strangers):
                return
            await asyncio.sleep(0.5)

    async def settle(self) -> None:
        """The same load without faults, for the memory; then nobody goes any more."""
        await asyncio.sleep(self.plan.settle_s)
        await self.within("the strangers are gone", self.scene.strangers.end())
        codes = await asyncio.to_thread(self.scene.strangers.close_codes, self.cluster.postgres.url)
        self.outcome.strangers = codes
        self.hold(still=True)

    def hold(self, *, still: bool) -> None:
        for client in self.clients:
            client.stays = still

    async def everybody_has_everything(self) -> None:
        upto = await asyncio.to_thread(heads, self.cluster.postgres.url)
        while any(client.offset < upto[client.endpoint] for client in self.clients):  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def within(self, what: str, work: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await work
        except TimeoutError:
            self.accounts.problem(f"in vain waited for: {what}")

    async def watch(self) -> None:
        """Once a second: who hears nothing, and how late this loop is itself."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(1)
            now = time.monotonic()
            self.outcome.longest_lag = max(self.outcome.longest_lag, now - before - 1)
            for client in self.clients:
                if client.is_open and now - client.heard > DEAF_S:
                    self.accounts.problem(f"{client.name} heard nothing for {DEAF_S} s")
                    client.cut("deaf")


async def soak(plan: Plan, folder: Path) -> Outcome:
    async with running_cluster(folder) as cluster:
        return await Soak(plan, cluster).run()
