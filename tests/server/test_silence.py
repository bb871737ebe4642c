"""Heartbeats, pings, and the end of clients that have gone silent."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import TIMEOUT_S, until

CLIENT = """
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        print(await socket.recv(), flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


@contextmanager
def client_process(server: Server) -> Iterator[subprocess.Popen[str]]:
    """A client in a process of its own, connected."""
    command = [sys.executable, "-c", CLIENT, f"{server.ws_url}/ws/freight?client_id=process"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


async def test_a_heartbeat_is_answered_with_the_time_and_the_head(server: Server) -> None:
    async with connect(server.ws_url) as client:
        own = await client.ask(ROUTE_UPDATE)
        reply = await client.ask({**HEARTBEAT, "correlation_id": "test-123"})
    assert (reply["type"], reply["correlation_id"]) == ("heartbeat", "test-123")
    assert reply["payload"]["offset"] == own["offset"]
    assert reply["payload"]["server_time"] == reply["timestamp"]


async def test_a_silent_client_is_pinged_and_then_closed(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="3")
    async with connect(server.ws_url) as client:
        frames, code = await client.until_closed()
    assert [frame["type"] for frame in frames][:1] == ["ping"]
    assert frames[-1]["type"] == "disconnect"
    assert (code, frames[-1]["payload"]["reconnect"]) == (4201, True)
    await until(lambda: server.rows("SELECT close_code FROM realtime_connection") == [(4201,)])


async def test_a_client_that_answers_pings_stays(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="4")
    async with connect(server.ws_url) as client:
        for _ in range(4):
            await client.receive_type("ping")
            await client.send(HEARTBEAT)
        assert server.get("/stats")["total_connections"] == 1


async def test_even_a_bad_frame_is_a_sign_of_life(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="4")
    async with connect(server.ws_url) as client:
        for _ in range(4):
            await client.receive_type("ping")
            await client.send("{bad")
        assert (await client.receive_type("error"))["payload"]["code"] == "invalid_json"


async def test_a_client_killed_with_9_leaves_the_table_and_the_others_go_on(server: Server) -> None:
    async with connect(server.ws_url, client_id="other") as other:
        with client_process(server) as process:
            assert len(server.get("/stats?client_id=process")["connection_details"]) == 1
            process.kill()
            await until(lambda: server.get("/stats?client_id=process")["connection_details"] == [])
        assert (await other.ask(ROUTE_UPDATE))["sender"] == "other"


async def test_a_half_open_client_is_closed_and_the_others_keep_receiving(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="3")
    async with connect(server.ws_url, client_id="other") as other, asyncio.timeout(TIMEOUT_S):
        with client_process(server) as process:
            process.send_signal(signal.SIGSTOP)
            while server.get("/stats?client_id=process")["connection_details"]:
                await other.send(ROUTE_UPDATE)
                await other.receive_type("route_update")
                await asyncio.sleep(0.2)
    closed = "SELECT close_code FROM realtime_connection WHERE client_id = 'process'"
    assert server.rows(closed) == [(4201,)]


async def test_a_sweeper_that_asks_too_early_closes_nobody(start: Start) -> None:
    """The table knows of a heartbeat only after a flush; the owner knows better, and withdraws the request."""
    server = start(KITT_FLUSH_INTERVAL="0.1")
    async with connect(server.ws_url) as client:
        await until(lambda: "asked to close: 1" in server.manage("sweep_connections", "--once", "--timeout", "0.001"))
        requested = "SELECT count(*) FROM realtime_connection WHERE close_requested_code IS NOT NULL"
        await until(lambda: server.rows(requested) == [(0,)])
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"
