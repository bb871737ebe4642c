"""A live check of a running KITT, from outside: python tests/test_websocket_client.py [--url ws://localhost:8000]

It connects to all three endpoints, sends each of their types, checks what comes back, then runs ten clients at once.
It prints what it did, line by line, and exits with 1 when anything was not as it should be. Under pytest it runs
against a server that the suite starts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import websockets

if TYPE_CHECKING:
    from tests.servers import Server

Frame = dict[str, Any]

TIMEOUT_S = 10
CLIENTS = 10
MESSAGES_EACH = 3

ENDPOINTS: dict[str, dict[str, Frame]] = {
    "freight": {
        "heartbeat": {},
        "shipment_request": {
            "shipment_id": "SH-001",
            "origin": "Chicago",
            "destination": "Dallas",
            "items": [{"width": 50, "height": 40, "depth": 30, "weight": 25}],
            "priority": "high",
        },
        "route_update": {"shipment_id": "SH-001", "update_kind": "status", "status": "in_transit"},
    },
    "packing": {
        "heartbeat": {},
        "packing_result": {"shipment_id": "SH-001", "status": "running"},
        "damage_prediction": {"shipment_id": "SH-001", "probability": 0.12, "level": "low"},
    },
    "notifications": {
        "heartbeat": {},
        "notification": {"title": "Truck 12 leaves late", "kind": "late_departure", "level": "medium"},
        "weather_alert": {"event": "Winter Storm Warning", "severity": "Severe"},
        "traffic_update": {"category": "accident", "delay_s": 900},
        "error": {"code": "upstream_unavailable", "message": "The weather feed does not answer."},
    },
}


class CheckFailed(Exception):
    """What was expected, and what came instead."""


def expect(condition: bool, expected: str, frame: Frame) -> None:
    if not condition:
        raise CheckFailed(f"expected {expected}; got {json.dumps(frame)[:300]}")


async def receive(socket: websockets.ClientConnection) -> Frame:
    async with asyncio.timeout(TIMEOUT_S):
        frame: Frame = json.loads(await socket.recv())
        return frame


async def receive_own(socket: websockets.ClientConnection, correlation_id: str) -> Frame:
    """The answer to a frame of ours; what others send in the meantime is passed over."""
    while True:
        frame = await receive(socket)
        if frame.get("correlation_id") == correlation_id:
            return frame


async def send(socket: websockets.ClientConnection, message_type: str, payload: Frame) -> str:
    """Returns the correlation_id."""
    correlation_id = str(uuid.uuid4())
    await socket.send(json.dumps({"type": message_type, "payload": payload, "correlation_id": correlation_id}))
    return correlation_id


@asynccontextmanager
async def connected(url: str, endpoint: str, client_id: str) -> AsyncIterator[websockets.ClientConnection]:
    async with websockets.connect(f"{url}/ws/{endpoint}?client_id={client_id}", open_timeout=TIMEOUT_S) as socket:
        welcome = await receive(socket)
        expect(welcome["type"] == "welcome", "a welcome", welcome)
        yield socket


async def check_type(socket: websockets.ClientConnection, message_type: str, payload: Frame) -> str:
    """Send one message and check its answer. Returns what came."""
    answer = await receive_own(socket, await send(socket, message_type, payload))
    expect(answer["type"] == message_type, f"a {message_type}", answer)
    if message_type == "heartbeat":
        return f"server time {answer['payload']['server_time']}"
    expect(answer["payload"] == payload, "the payload that was sent", answer)
    expect(answer["sender"] == "live-check", "sender live-check", answer)
    return f"came back at offset {answer['offset']}"


async def check_endpoint(url: str, endpoint: str) -> None:
    async with connected(url, endpoint, "live-check") as socket:
        say(f"ok   /ws/{endpoint} welcomed us")
        for message_type, payload in ENDPOINTS[endpoint].items():
            say(f"ok   /ws/{endpoint} {message_type}: {await check_type(socket, message_type, payload)}")
        correlation_id = await send(socket, "no_such_type", {})
        answer = await receive_own(socket, correlation_id)
        expect(answer["payload"].get("code") == "unknown_type", "an error unknown_type", answer)
        say(f"ok   /ws/{endpoint} an unknown type is refused, and the connection stays open")


async def check_client(url: str, number: int, ready: asyncio.Barrier) -> float:
    """One of many clients: sends its messages and waits for everybody's. Returns its slowest own answer in ms."""
    slowest = 0.0
    mine: set[str] = set()
    senders: list[str] = []
    async with connected(url, "freight", f"live-check-{number}") as socket:
        await ready.wait()
        for _ in range(MESSAGES_EACH):
            sent_at = time.perf_counter()
            mine.add(correlation_id := await send(socket, "route_update", {"shipment_id": f"SH-{number}"}))
            while True:
                frame = await receive(socket)
                senders.append(frame.get("sender", ""))
                if frame["correlation_id"] == correlation_id:
                    break
            slowest = max(slowest, (time.perf_counter() - sent_at) * 1000)
        while sum(sender.startswith("live-check-") for sender in senders) < CLIENTS * MESSAGES_EACH:
            senders.append((await receive(socket)).get("sender", ""))
        await ready.wait()
    return slowest


async def check_concurrent_clients(url: str) -> None:
    ready = asyncio.Barrier(CLIENTS)
    slowest = await asyncio.gather(*(check_client(url, number, ready) for number in range(CLIENTS)))
    received = CLIENTS * CLIENTS * MESSAGES_EACH
    say(f"ok   {CLIENTS} clients at once: {received} messages received, slowest answer {max(slowest):.1f} ms")


async def check(url: str) -> int:
    """Returns the exit code."""
    say(f"checking {url}")
    try:
        for endpoint in ENDPOINTS:
            await check_endpoint(url, endpoint)
        await check_concurrent_clients(url)
    except (CheckFailed, OSError, TimeoutError, websockets.WebSocketException, KeyError, ValueError) as failure:
        say(f"FAIL {type(failure).__name__}: {failure}")
        return 1
    say("all is well")
    return 0


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a running KITT.")
    parser.add_argument("--url", default="ws://localhost:8000", help="default: %(default)s")
    return asyncio.run(check(parser.parse_args().url.rstrip("/")))


async def test_the_live_check_passes_against_a_server(server: Server, capsys: Any) -> None:
    assert await check(server.ws_url) == 0
    assert "10 clients at once" in capsys.readouterr().out


async def test_the_live_check_fails_where_nothing_listens(capsys: Any) -> None:
    assert await check("ws://127.0.0.1:1") == 1
    assert "FAIL" in capsys.readouterr().out


if __name__ == "__main__":
    sys.exit(main())
