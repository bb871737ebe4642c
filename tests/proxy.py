"""A TCP proxy that can cut the connections that run through it, as a bad network does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self


async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


Pipe = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


THERE, BACK = "there", "back"


class Proxy:
    """Listens on 127.0.0.1 and hands everything on to `port`, in each direction through `carry`."""

    def __init__(self, port: int, carry: Pipe = pipe) -> None:
        self.target = port
        self.carry = carry
        self.pipes: dict[asyncio.StreamWriter, asyncio.StreamWriter] = {}
        self.tasks: dict[asyncio.Task[None], str] = {}
        self.accepting: set[asyncio.Task[None]] = set()
        self.lost: tuple[str, ...] = ()
        self.reachable = asyncio.Event()
        self.reachable.set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self.server.close()
        self.reachable.set()
        await asyncio.gather(*self.accepting)
        self.cut(1.0)
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.connect(reader, writer))
        self.accepting.add(task)
        task.add_done_callback(self.accepting.discard)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.reachable.wait()
        try:
            to_server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.pipes[writer] = to_server[1]
        for direction, source, sink in ((THERE, reader, to_server[1]), (BACK, to_server[0], writer)):
            if direction not in self.lost:
                task = asyncio.create_task(self.carry(source, sink))
                self.tasks[task] = direction
                task.add_done_callback(self.tasks.pop)

    def cut(self, share: float) -> int:
        """Reset this share of the connections, at random. Returns how many."""
        chosen = [pair for pair in self.pipes.items() if random.random() < share]
        for writers in chosen:
            del self.pipes[writers[0]]
            for writer in writers:
                writer.transport.abort()
        return len(chosen)

    def freeze(self, *directions: str) -> None:
        """Connections stay open and carry nothing any more, as after a router has forgotten them; new ones work.

        In both directions, or in the one that is given: THERE, to the target, or BACK.
        """
        for task, direction in self.tasks.items():
            if direction in (directions or (THERE, BACK)):
                task.cancel()

    def partition(self, *directions: str) -> None:
        """Nothing passes and nobody is told, until `heal`. Connections of before stay dead."""
        self.freeze(*directions)
        self.lost = directions
        if not directions:
            self.reachable.clear()

    def heal(self) -> None:
        self.lost = ()
        self.reachable.set()
