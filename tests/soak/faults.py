"""What the soak does to the servers and to what they stand on. Each returns when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from tests.postgres import Postgres
from tests.redis import Redis
from tests.soak.accounts import Accounts
from tests.soak.clients import Client
from tests.soak.cluster import Cluster, Node
from tests.soak.strangers import Strangers, flood, never_read, send_half_a_frame

AWAY_S = 10.0
FOR_SO_LONG = f"for {AWAY_S:g} s"
STEADY = 0
"""The number of the node that lives through the whole soak, so that there is a process whose memory is judged."""


@dataclass
class Scene:
    cluster: Cluster
    clients: list[Client]
    strangers: Strangers
    accounts: Accounts
    random: Random

    def node(self) -> Node:
        return self.random.choice(self.cluster.nodes)

    def mortal(self) -> tuple[int, Node]:
        number = self.random.choice([number for number in sorted(self.cluster.by_number) if number != STEADY])
        return number, self.cluster.by_number[number]


Fault = Callable[[Scene], Awaitable[str]]


async def redis_killed(scene: Scene) -> str:
    scene.cluster.redis.kill()
    await asyncio.sleep(AWAY_S)
    await asyncio.to_thread(scene.cluster.redis.start)
    return FOR_SO_LONG


async def redis_restarted_empty(scene: Scene) -> str:
    scene.cluster.redis.kill()
    await asyncio.to_thread(scene.cluster.redis.start)
    return ""


async def paused(service: Redis | Postgres) -> str:
    service.pause()
    await asyncio.sleep(AWAY_S)
    service.resume()
    return FOR_SO_LONG


async def redis_paused(scene: Scene) -> str:
    return await paused(scene.cluster.redis)


async def postgres_restarted(scene: Scene) -> str:
    await asyncio.to_thread(scene.cluster.postgres.restart)
    return ""


async def postgres_paused(scene: Scene) -> str:
    return await paused(scene.cluster.postgres)


async def partition_from_redis(scene: Scene) -> str:
    number = scene.random.choice(sorted(scene.cluster.by_number))
    line = scene.cluster.lines[number]
    line.partition()
    await asyncio.sleep(AWAY_S)
    line.heal()
    return f"{FOR_SO_LONG}, of {scene.cluster.by_number[number].name}"


async def kill_9(scene: Scene) -> str:
    number, node = scene.mortal()
    node.ending = "kill -9"
    node.server.kill()
    await scene.cluster.start(number)
    return f"of {node.name}"


async def sigterm(scene: Scene) -> str:
    number, node = scene.mortal()
    node.ending = "SIGTERM"
    code = await asyncio.to_thread(node.server.stop)
    if code != 0:
        scene.accounts.problem(f"{node.name} exited with {code}")
    await scene.cluster.start(number)
    return f"of {node.name}"


async def lines_cut(scene: Scene) -> str:
    node = scene.node()
    there = [client for client in scene.clients if client.node is node and client.is_open]
    for client in there:
        client.cut("lines cut")
    return f"all {len(there)} to {node.name}"


async def client_that_never_reads(scene: Scene) -> str:
    return scene.strangers.start(never_read, scene.node())


async def half_a_frame(scene: Scene) -> str:
    return scene.strangers.start(send_half_a_frame, scene.node())


async def flood_from_one_client(scene: Scene) -> str:
    return scene.strangers.start(flood, scene.node())


FAULTS: dict[str, Fault] = {
    "Redis killed": redis_killed,
    "Redis restarted empty": redis_restarted_empty,
    "Redis paused": redis_paused,
    "PostgreSQL restarted": postgres_restarted,
    "PostgreSQL paused": postgres_paused,
    "one node cut off from Redis": partition_from_redis,
    "kill -9 of a node": kill_9,
    "SIGTERM and restart of a node": sigterm,
    "lines of a node cut": lines_cut,
    "a client that never reads": client_that_never_reads,
    "half a frame": half_a_frame,
    "a flood from one client": flood_from_one_client,
}
LAST = "kill -9 of a node"
"""It is what the connection table takes longest to get over."""


def drawn(random: Random, count: int) -> list[str]:
    """Each about as often as the others, in an order of chance."""
    names: list[str] = []
    while len(names) < count - 1:
        names += random.sample(list(FAULTS), len(FAULTS))
    return [*names[: count - 1], LAST]
