"""A server that stops, with clients that make it hard."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import sqlite3
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest
import websockets

from tests.clients import ROUTE_UPDATE, Client, connect
from tests.metrics import scrape
from tests.raw_socket import open_socket
from tests.server.conftest import Start
from tests.servers import STOP_TIMEOUT_S, Server
from tests.waiting import until

CLOSE_CODES = "SELECT close_code, count(*) FROM realtime_connection GROUP BY close_code ORDER BY close_code"
# More than the kernel's buffers take from a socket whose client does not read.
MESSAGES = 200
LARGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}


@asynccontextmanager
async def with_a_client_that_does_not_read(server: Server) -> AsyncIterator[Client]:
    """Gives one that does."""
    async with connect(server.ws_url) as client, open_socket(server, client_id="sleeper", slow=True):
        for _ in range(MESSAGES):
            await client.ask(LARGE)
        yield client


def status(server: Server, path: str, body: object = None) -> int:
    """0 where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


async def test_a_process_that_stops_is_not_ready_takes_no_sockets_and_still_publishes(start_kind: Start) -> None:
    server = start_kind("serve", KITT_RATE_LIMIT="0")
    async with with_a_client_that_does_not_read(server):
        server.send_signal(signal.SIGTERM)
        await until(lambda: status(server, "/health/ready") == 503)
        with pytest.raises(websockets.InvalidStatus) as refusal:
            await websockets.connect(f"{server.ws_url}/ws/freight?client_id=late")
        message = {"endpoint": "freight", "sender": "tms", **ROUTE_UPDATE}
        assert await asyncio.to_thread(status, server, "/api/messages", message) == 201
    assert refusal.value.response.status_code == 503
    assert refusal.value.response.headers["Retry-After"] == "1"
    assert server.process.wait(STOP_TIMEOUT_S) == 0
    assert "without completing handshake" not in server.log.read_text()


@pytest.mark.parametrize("kind", ["serve", "runserver"])
async def test_a_client_that_does_not_read_does_not_hold_up_the_stop(start_kind: Start, kind: str) -> None:
    server = start_kind(kind, KITT_RATE_LIMIT="0")
    async with with_a_client_that_does_not_read(server) as client:
        server.send_signal(signal.SIGTERM)
        _, code = await client.until_closed()
        assert code == 4200
        assert await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S) == 0
    assert "took too long" not in server.log.read_text()
    rows = dict(server.rows(CLOSE_CODES))
    assert sum(rows.values()) == 2
    assert None not in rows


async def test_a_client_that_has_left_a_little_unread_does_not_hold_up_the_stop_either(start_kind: Start) -> None:
    """Its close frame waits behind that."""
    server = start_kind("serve", KITT_RATE_LIMIT="0")
    async with connect(server.ws_url) as client, open_socket(server, client_id="sleeper", slow=True):
        while scrape(server).get("kitt_write_buffer_max_bytes") == 0:
            await client.ask(LARGE)
        server.send_signal(signal.SIGTERM)
        _, code = await client.until_closed()
        assert code == 4200
        assert await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S) == 0
    assert "graceful shutdown exceeded" not in server.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(start_kind: Start, number: signal.Signals) -> None:
    server = start_kind("serve")
    async with connect(server.ws_url) as client, lingering_request(server):
        server.send_signal(signal.SIGTERM)
        await client.until_closed()
        server.send_signal(number)
        assert await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S) == -number


@asynccontextmanager
async def lingering_request(server: Server) -> AsyncIterator[None]:
    """A publish of which half is sent, and which the server is reading."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("POST", "/api/messages")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"{")
    try:
        yield
    finally:
        connection.close()


async def test_a_request_that_never_ends_is_waited_for_within_the_limit(start_kind: Start) -> None:
    server = start_kind("serve-hasty")
    async with connect(server.ws_url) as client, lingering_request(server):
        server.send_signal(signal.SIGTERM)
        await client.until_closed()
        assert await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S) == 0
    assert server.rows(CLOSE_CODES) == [(4200, 1)]


async def test_a_database_that_hangs_holds_up_the_stop_no_longer_than_its_limit(start_kind: Start) -> None:
    server = start_kind("serve-hasty")
    async with connect(server.ws_url) as client:
        with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            server.send_signal(signal.SIGTERM)
            _, code = await client.until_closed()
            assert await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S) == 1
    assert code == 4200
    assert "the stop took too long" in server.log.read_text()
