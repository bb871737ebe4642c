"""What a hundred clients notice of those that mean harm, and of a thousand that come back at once.

    python -m bench.harm [--clients 100] [--seconds 5]

Starts `manage.py serve` on one core. A publisher sends 20 messages a second; the latency is from before its send to the
receipt by each of the hundred. They share the other core with those that flood, which are a process of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from typing import Any

import websockets

from bench.disk import folder_on_disk
from bench.processes import LOAD_CORE, SERVER_CORE, on_core, resident_bytes
from tests.raw_frames import CONTINUATION, PING, TEXT, frame, text
from tests.raw_socket import RawSocket, open_socket
from tests.servers import Server, migrate, running

MESSAGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 100}}
HEARTBEAT = {"type": "heartbeat", "payload": {}}
INTERVAL_S = 0.05
LATEST_S = 30

Harm = Callable[[Server, float], Coroutine[Any, Any, str]]


async def nothing(server: Server, seconds: float) -> str:
    await asyncio.sleep(seconds)
    return ""


async def messages(server: Server, seconds: float) -> str:
    """5,000 messages a second; after each close it comes back at once."""
    deadline, times = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        times += 1
        with suppress(OSError, AssertionError, TimeoutError, asyncio.IncompleteReadError):
            async with open_socket(server, "freight", "flood") as client:
                while time.monotonic() < deadline:
                    client.writer.write(frame(TEXT, text(MESSAGE)) * 50)
                    await client.writer.drain()
                    if b"4101" in await read_for(client, 0.01):
                        break
    return f"closed with 4101 and back {times} times"


async def read_for(client: RawSocket, seconds: float) -> bytes:
    found = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while part := await client.reader.read(65_536):
                found += part
    return found


def bytes_of(count: int, first: bytes, repeated: bytes) -> Harm:
    """As fast as they are taken, by so many connections."""

    async def flood(server: Server, seconds: float) -> str:
        async def one(number: int) -> int:
            sent = 0
            with suppress(OSError, TimeoutError):
                async with open_socket(server, "packing", f"flood-{number}") as client, asyncio.timeout(seconds):
                    client.writer.write(first)
                    while True:
                        client.writer.write(repeated * 1000)
                        await client.writer.drain()
                        sent += 1000
                        await asyncio.sleep(0)
            return sent

        sent = await asyncio.gather(*(one(number) for number in range(count)))
        return f"{sum(sent):,} frames handed to the network"

    return flood


def returning(count: int) -> Harm:
    async def storm(server: Server, seconds: float) -> str:
        started = time.monotonic()
        async with AsyncExitStack() as stack:
            each = (open_socket(server, client_id=f"back-{number}", query="&since=0") for number in range(count))
            await asyncio.gather(*(stack.enter_async_context(one) for one in each))
            took = time.monotonic() - started
            memory = resident_bytes(server.process.pid) / 2**20
            await asyncio.sleep(max(0.0, seconds - took))
        return f"all {count:,} welcome after {took:.2f} s; {memory:.0f} MiB with them"

    return storm


HARMS: dict[str, Harm] = {
    "nothing": nothing,
    "5,000 messages a second": messages,
    "empty pings": bytes_of(1, b"", frame(PING)),
    "heartbeats": bytes_of(1, b"", frame(TEXT, text(HEARTBEAT))),
    "empty fragments": bytes_of(1, frame(TEXT, fin=False), frame(CONTINUATION, fin=False)),
    "heartbeats by 50 clients": bytes_of(50, b"", frame(TEXT, text(HEARTBEAT))),
    "empty pings by 50 clients": bytes_of(50, b"", frame(PING)),
    "1,000 clients come back": returning(1000),
}


def do_harm(name: str, server: Server, seconds: float, said: Any) -> None:
    said.put(asyncio.run(HARMS[name](server, seconds)))


async def latencies(server: Server, clients: int, seconds: float) -> list[float]:
    """Of every delivery, in ms."""
    found: list[float] = []
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(connected(server, f"steady-{n}")) for n in range(clients)]
        publisher = await stack.enter_async_context(connected(server, "publisher"))
        readers = [asyncio.create_task(read(socket, found)) for socket in sockets]
        deadline, sent = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            payload = {"shipment_id": "SH-1", "sent": time.perf_counter()}
            await publisher.send(json.dumps({"type": "route_update", "payload": payload}))
            sent += 1
            await asyncio.sleep(INTERVAL_S)
        # With what is still on its way come the longest latencies.
        async with asyncio.timeout(LATEST_S):
            while len(found) < sent * clients:  # noqa: ASYNC110 (it grows in as many tasks as there are clients)
                await asyncio.sleep(INTERVAL_S)
        for reader in readers:
            assert not reader.done(), "a client that only measures was disconnected"
            reader.cancel()
    return found


async def read(socket: Any, found: list[float]) -> None:
    async for line in socket:
        if '"publisher"' in line:
            found.append((time.perf_counter() - json.loads(line)["payload"]["sent"]) * 1000)


def connected(server: Server, client_id: str) -> Any:
    url = f"{server.ws_url}/ws/freight?client_id={client_id}"
    return websockets.connect(url, compression=None, max_queue=None, open_timeout=60)


def measure(name: str, folder: Path, template: Path, clients: int, seconds: float) -> None:
    (folder / name).mkdir()
    with ExitStack() as stack:
        with on_core(SERVER_CORE):
            limit = "20" if name.startswith("5,000") else "0"
            server = stack.enter_context(running("serve", folder / name, template, KITT_RATE_LIMIT=limit))
        processes = multiprocessing.get_context("fork")
        said = processes.Queue()
        before = resident_bytes(server.process.pid) / 2**20
        with on_core(LOAD_CORE):
            harm = processes.Process(target=do_harm, args=(name, server, seconds, said))
            harm.start()
            found = asyncio.run(latencies(server, clients, seconds))
        note = said.get()
        harm.join()
        after = resident_bytes(server.process.pid) / 2**20
        p50, p99 = statistics.median(found), statistics.quantiles(found, n=100)[98]
        print(f"| {name} | {len(found):,} | {p50:.1f} | {p99:.1f} | {before:.0f} -> {after:.0f} | {note} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="What others notice of floods and stampedes.")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    print("| meanwhile | deliveries | p50 ms | p99 ms | MiB | |\n|---|---|---|---|---|---|")
    with folder_on_disk() as folder:
        migrate(folder / "template.sqlite3")
        for harm in HARMS:
            measure(harm, folder, folder / "template.sqlite3", options.clients, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
