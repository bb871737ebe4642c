"""How long a broadcast takes to reach many clients.

    python -m bench.broadcast_latency [--clients 200] [--rate 10] [--seconds 30] [--url ws://localhost:8000]

Without --url it starts `manage.py runserver` itself, on a database of its own. A client publishes to /ws/freight;
every client notes when each message comes. The latency is from just before the publisher's send to the moment when a
client has the message, both on this machine's monotonic clock. Exits with 1 when any client missed a message.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import Any

import websockets

from tests.servers import migrate, running

# 250 bytes and more, as a position with its envelope has.
POSITION = {
    "shipment_id": "SH-001",
    "update_kind": "position",
    "vehicle_id": "truck-12",
    "position": {"lat": 41.8781, "lon": -87.6298, "speed_kph": 88.5, "heading_deg": 210},
}


async def measure(url: str, clients: int, rate: float, seconds: float) -> list[list[float]]:
    """The latencies in milliseconds of every client, one a message, in the order of the messages."""
    count = round(rate * seconds)
    sent_at: list[float] = []
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(connected(url, number)) for number in range(clients)]
        await asyncio.gather(*(socket.recv() for socket in sockets))
        readers = [asyncio.create_task(read(socket, count, sent_at)) for socket in sockets]
        await publish(sockets[0], count, rate, sent_at)
        return await asyncio.gather(*readers)


def connected(url: str, number: int) -> Any:
    return websockets.connect(f"{url}/ws/freight?client_id=bench-{number}", compression=None, max_queue=None)


async def publish(socket: websockets.ClientConnection, count: int, rate: float, sent_at: list[float]) -> None:
    start = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(start + number / rate - time.perf_counter())
        frame = json.dumps({"type": "route_update", "payload": {**POSITION, "sequence": number}})
        sent_at.append(time.perf_counter())
        await socket.send(frame)


async def read(socket: websockets.ClientConnection, count: int, sent_at: list[float]) -> list[float]:
    latencies: list[float] = []
    while len(latencies) < count:
        async with asyncio.timeout(10):
            frame = json.loads(await socket.recv())
        arrived = time.perf_counter()
        if frame["type"] == "route_update":
            if frame["payload"]["sequence"] != len(latencies):
                raise AssertionError(f"message {len(latencies)} is missing; {frame['payload']['sequence']} came")
            latencies.append((arrived - sent_at[len(latencies)]) * 1000)
        elif frame["type"] == "ping":
            await socket.send('{"type":"heartbeat","payload":{}}')
    return latencies


def report(latencies: list[list[float]]) -> str:
    every = sorted(latency for client in latencies for latency in client)
    # The last client's latency is what a dispatcher at the end of the fan-out sees.
    last = sorted(max(client[number] for client in latencies) for number in range(len(latencies[0])))
    rows = [("a delivery", every), ("the last of all clients", last)]
    lines = ["| ms | p50 | p99 | max |", "|---|---|---|---|"]
    lines += [f"| {name} | {at(row, 0.5):.1f} | {at(row, 0.99):.1f} | {row[-1]:.1f} |" for name, row in rows]
    return "\n".join(
        [f"{len(latencies)} clients, {len(latencies[0])} messages, {len(every)} deliveries, none missing", *lines]
    )


def at(ordered: list[float], quantile: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * quantile))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Latency of a broadcast.")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10, help="messages a second")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--server", choices=["runserver", "serve"], default="runserver")
    options = parser.parse_args()
    # A collection in this process, 70 ms with 200 clients in it, would be taken for the server's.
    gc.disable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with nullcontext() if options.url else started(options.server, folder) as server:
            url = options.url or server.ws_url
            print(report(asyncio.run(measure(url, options.clients, options.rate, options.seconds))))
    return 0


def started(kind: str, folder: Path) -> Any:
    template = folder / "template.sqlite3"
    migrate(template)
    # One client publishes all: more than a person's rate limit.
    return running(kind, folder, template, KITT_RATE_LIMIT="0")


if __name__ == "__main__":
    sys.exit(main())
