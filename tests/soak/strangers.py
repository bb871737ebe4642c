"""Clients that do what no client should, until the server is rid of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import psycopg

from tests.raw_frames import TEXT, frame, text
from tests.raw_socket import RawSocket, open_socket
from tests.soak.accounts import Accounts
from tests.soak.cluster import Node

Behaviour = Callable[[Node, str], Coroutine[Any, Any, None]]

PATIENCE_S = 200
HEARTBEAT = frame(TEXT, text({"type": "heartbeat", "payload": {}}))
HEARTBEAT_EVERY_S = 10
FLOOD_ROUNDS = 5
FRAMES = 100
"""At once, and then a pause: 5,000 a second."""
PAUSE_S = 0.02


async def never_read(node: Node, name: str) -> None:
    """It asks for the last 1,000 packing results, takes none of them, and says all the time that it is there."""
    async with (
        asyncio.timeout(PATIENCE_S),
        open_socket(node.server, "packing", name, query="&last=1000", slow=True) as sleeper,
    ):
        with suppress(OSError):
            while True:
                await asyncio.sleep(HEARTBEAT_EVERY_S)
                await sleeper.write(HEARTBEAT)


async def send_half_a_frame(node: Node, name: str) -> None:
    async with asyncio.timeout(PATIENCE_S), open_socket(node.server, "freight", name) as silent:
        await silent.write(HEARTBEAT[: len(HEARTBEAT) // 2])
        while await next_frame(silent):
            pass


async def flood(node: Node, name: str) -> None:
    """5,000 messages a second; and again, as soon as the server's advice allows it."""
    async with asyncio.timeout(PATIENCE_S):
        for number in range(FLOOD_ROUNDS):
            async with open_socket(node.server, "freight", name) as flooder:
                await pour(flooder, f"{name}-{number}")
            await asyncio.sleep(1)


async def pour(flooder: RawSocket, name: str) -> None:
    reading = asyncio.create_task(flooder.until_end())
    number = 0
    with suppress(OSError, TimeoutError):
        while not reading.done():
            frames = [message(f"{name}-{number + extra}") for extra in range(FRAMES)]
            number += FRAMES
            await flooder.write(b"".join(frames))
            await asyncio.sleep(PAUSE_S)
    await reading


def message(id: str) -> bytes:
    return frame(TEXT, text({"type": "route_update", "payload": {"shipment_id": "SH-FLOOD"}, "id": id}))


async def next_frame(socket: RawSocket) -> object:
    """Also after a long silence. None at the end, however it comes."""
    while True:
        try:
            return await socket.receive_or_end()
        except TimeoutError:
            pass
        except (OSError, EOFError):
            return None


class Strangers:
    """Those that are at work."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, behaviour: Behaviour, node: Node) -> str:
        """Says which one, by its client_id, and where."""
        name = f"stranger-{behaviour.__name__}-{len(self.tasks)}"
        self.tasks[name] = asyncio.create_task(behaviour(node, name))
        return f"{name}, on {node.name}"

    async def end(self) -> None:
        """When the server is rid of all."""
        for name, task in self.tasks.items():
            try:
                await task
            except Exception as error:
                self.accounts.problem(f"{name}: {error!r}")

    def close_codes(self, url: str) -> Counter[tuple[str, int | None]]:
        """How their connections ended, in the server's words, by behaviour."""
        query = "SELECT client_id, close_code FROM realtime_connection WHERE client_id LIKE 'stranger-%'"
        with psycopg.connect(url) as connection:
            return Counter((name.split("-")[1], code) for name, code in connection.execute(query))
