"""How long it takes until 500 clients that come back at once have the 1,000 messages that each of them missed.

    python -m bench.resume [--clients 500] [--messages 1000]

Starts `manage.py runserver` on a database of its own, once with the newest messages in its memory, as after a network
cut, and once started anew, so that it reads them from SQLite. The clients are in one process on the other core: the
time includes their own reading and checking.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import websockets

from bench.disk import folder_on_disk
from tests.servers import Server, migrate, running

PAYLOAD = {
    "shipment_id": "SH-001",
    "update_kind": "position",
    "position": {"lat": 41.8781, "lon": -87.6298, "speed_kph": 88.5, "heading_deg": 210},
}


async def publish(server: Server, count: int) -> str:
    """Returns the stream's epoch."""
    async with connected(server, "client_id=publisher") as socket:
        epoch: str = json.loads(await socket.recv())["payload"]["epoch"]
        for _ in range(count):
            await socket.send(json.dumps({"type": "route_update", "payload": PAYLOAD}))
        for _ in range(count):
            await socket.recv()
    return epoch


def connected(server: Server, query: str) -> Any:
    url = f"{server.ws_url}/ws/freight?{query}"
    return websockets.connect(url, compression=None, max_queue=None, open_timeout=120)


async def resume(server: Server, epoch: str, count: int) -> tuple[float, float]:
    """When a client was welcomed, and when it had everything."""
    async with connected(server, f"client_id=returner&since=0&epoch={epoch}") as socket:
        welcome = json.loads(await socket.recv())["payload"]
        welcomed = time.perf_counter()
        assert (welcome["recovered"], welcome["replayed"]) == (True, count), welcome
        for offset in range(1, count + 1):
            assert f'"offset":{offset},' in str(await socket.recv())
        return welcomed, time.perf_counter()


async def measure(name: str, server: Server, epoch: str, clients: int, count: int) -> None:
    started = time.perf_counter()
    times = await asyncio.gather(*(resume(server, epoch, count) for _ in range(clients)))
    done = sorted(finished - started for _, finished in times)
    last_welcome = max(welcomed for welcomed, _ in times) - started
    rate = round(clients * count / done[-1])
    print(f"| {name} | {last_welcome:.2f} | {done[clients // 2]:.2f} | {done[-1]:.2f} | {rate:,} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Resume of many clients at once.")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--messages", type=int, default=1000)
    options = parser.parse_args()
    print("| s | all welcomed | half has all | all have all | messages/s |\n|---|---|---|---|---|")
    with folder_on_disk() as folder:
        template = folder / "template.sqlite3"
        migrate(template)
        with running("runserver", folder, template, KITT_RATE_LIMIT="0") as server:
            epoch = asyncio.run(publish(server, options.messages))
            asyncio.run(measure("from memory", server, epoch, options.clients, options.messages))
        with running("runserver", folder, template) as server:
            asyncio.run(measure("from the log", server, epoch, options.clients, options.messages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
