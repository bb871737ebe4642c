"""Whether the live page stays quick, and how much memory it takes, while messages come without a pause.

    python -m bench.live_page [--seconds 300] [--shipments 1000] [--rate 60]

Starts `manage.py serve`, publishes the shipments, opens the page in the system's Chromium, without a window and without
a graphics processor, and publishes `--rate` messages a second: of fifty, 47 are positions, 2 notifications and one a
packing result. All of it shares the machine. Frames are counted by requestAnimationFrame; the heap is read after a
collection.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import websockets
from playwright.async_api import CDPSession, Page

from tests.chromium import running_chromium
from tests.servers import Server, migrate, running

WINDOW_S = 30
COUNT_FRAMES = """() => {
    const frames = (window.frames_seen = []);
    const note = (now) => { frames.push(now); requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""
TAKE_FRAMES = "() => window.frames_seen.splice(0)"
CARTON = {"width": 50, "height": 40, "depth": 30}
HEAD = """
| s | messages | frames/s | worst second | longest frame, ms | heap, MB | DOM nodes |
|---|---|---|---|---|---|---|"""


def request(number: int) -> dict[str, Any]:
    items = [{**CARTON, "weight": 25}]
    return {"shipment_id": f"SH-{number}", "origin": "Chicago", "destination": "Dallas", "items": items}


def position(number: int, random: Random) -> dict[str, Any]:
    lat, lon = 30 + number % 37 / 2 + random.random(), -120 + number % 101 / 2 + random.random()
    motion = {"lat": lat, "lon": lon, "heading_deg": random.randrange(360), "speed_kph": 80}
    return {"shipment_id": f"SH-{number}", "vehicle_id": f"T-{number}", "status": "in_transit", "position": motion}


def packing_result(number: int) -> dict[str, Any]:
    placed = [
        {"item_id": f"I-{step}", "sequence": step, "position": {"x": step * 60, "y": 0, "z": 0}, "dimensions": CARTON}
        for step in range(1, 9)
    ]
    return {"shipment_id": f"SH-{number}", "status": "complete", "placements": placed}


def message(count: int, shipments: int, random: Random) -> tuple[str, str, dict[str, Any]]:
    """Endpoint, type and payload."""
    number = random.randrange(shipments)
    if count % 50 == 0:
        return "packing", "packing_result", packing_result(number)
    if count % 25 == 1:
        text = {"title": f"SH-{number} is late", "level": "high", "state": "open", "shipment_ids": [f"SH-{number}"]}
        return "notifications", "notification", {"notification_id": f"N-{count}", **text}
    return "freight", "route_update", position(number, random)


@asynccontextmanager
async def publisher(server: Server) -> AsyncIterator[Any]:
    """An async function that publishes one message, and reads the copies of earlier ones."""
    sockets = {
        endpoint: await websockets.connect(f"{server.ws_url}/ws/{endpoint}?client_id=bench", compression=None)
        for endpoint in ("freight", "packing", "notifications")
    }

    async def drain(socket: Any) -> None:
        async for text in socket:
            assert '"type":"error"' not in text, text

    async def publish(endpoint: str, type: str, payload: dict[str, Any]) -> None:
        await sockets[endpoint].send(json.dumps({"type": type, "payload": payload}))

    readers = [asyncio.create_task(drain(socket)) for socket in sockets.values()]
    try:
        yield publish
    finally:
        for reader in readers:
            reader.cancel()
        failures = await asyncio.gather(*readers, return_exceptions=True)
        for socket in sockets.values():
            await socket.close()
        assert all(isinstance(each, asyncio.CancelledError) for each in failures), failures


async def keep_publishing(publish: Any, rate: float, shipments: int, counter: list[int]) -> None:
    random, started = Random(1), time.perf_counter()
    while True:
        counter[0] += 1
        await publish(*message(counter[0], shipments, random))
        await asyncio.sleep(max(0.0, started + counter[0] / rate - time.perf_counter()))


async def heap(session: CDPSession) -> tuple[float, int]:
    """MB after a collection, and the nodes of the document."""
    await session.send("HeapProfiler.collectGarbage")
    used = (await session.send("Runtime.getHeapUsage"))["usedSize"]
    nodes = (await session.send("Memory.getDOMCounters"))["nodes"]
    return used / 1e6, nodes


def rates(frames: list[float]) -> tuple[float, int, float]:
    """Frames a second, those of the worst whole second, and the longest time between two in ms."""
    spans = [after - before for before, after in pairwise(frames)]
    seconds = int((frames[-1] - frames[0]) / 1000)
    worst = min(sum(0 <= each - frames[0] - second * 1000 < 1000 for each in frames) for second in range(seconds))
    return len(spans) / sum(spans) * 1000, worst, max(spans)


async def watch(page: Page, publish: Any, options: argparse.Namespace) -> None:
    session = await page.context.new_cdp_session(page)
    sent, started = [0], time.perf_counter()
    publishing = asyncio.create_task(keep_publishing(publish, options.rate, options.shipments, sent))
    print(HEAD, flush=True)
    try:
        await page.evaluate(COUNT_FRAMES)
        while (passed := time.perf_counter() - started) < options.seconds and not publishing.done():
            await asyncio.sleep(min(WINDOW_S, options.seconds - passed))
            frames_per_s, worst, longest = rates(await page.evaluate(TAKE_FRAMES))
            megabytes, nodes = await heap(session)
            passed = time.perf_counter() - started
            row = (
                f"{passed:.0f} | {sent[0]:,} | {frames_per_s:.1f} | {worst} | {longest:.0f} | {megabytes:.1f} | {nodes}"
            )
            print(f"| {row} |", flush=True)
            await page.evaluate(TAKE_FRAMES)
    finally:
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)


async def measure(server: Server, options: argparse.Namespace) -> None:
    async with publisher(server) as publish, running_chromium() as chromium:
        for number in range(options.shipments):
            await publish("freight", "shipment_request", request(number))
            await publish("freight", "route_update", position(number, Random(number)))
        page = await (await chromium.new_context(viewport={"width": 1440, "height": 900})).new_page()
        await page.goto(f"{server.url}/live/")
        shown = "count => Number(document.querySelector('#chips .count').textContent) >= count"
        await page.wait_for_function(shown, arg=options.shipments)
        await watch(page, publish, options)


def main() -> int:
    parser = argparse.ArgumentParser(description="The live page under load.")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--shipments", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=60, help="messages a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.sqlite3"
        migrate(template)
        with running("serve", folder, template, KITT_RATE_LIMIT="0") as server:
            asyncio.run(measure(server, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
