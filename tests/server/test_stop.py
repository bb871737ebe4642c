"""What clients see, and what stays in the table, when a server stops: in order, in a hurry, or by kill -9."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import AsyncExitStack, suppress
from http.client import HTTPException
from typing import Any

import pytest

from tests.clients import connect
from tests.server.conftest import Start
from tests.servers import STOP_TIMEOUT_S, Server
from tests.waiting import until

CLIENTS = 20
ASKERS = 3
OPEN_ROWS = "SELECT count(*) FROM realtime_connection WHERE closed_at IS NULL"
RUNNING_NODES = "SELECT count(*) FROM realtime_node WHERE stopped_at IS NULL"
CLOSE_CODES = "SELECT close_code, count(*) FROM realtime_connection GROUP BY close_code"


async def ends_of_clients(server: Server, stop: Any) -> list[tuple[list[dict[str, Any]], int | None]]:
    """What each of CLIENTS clients saw after `stop()`."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(server.ws_url, client_id=f"c{n}")) for n in range(CLIENTS)]
        stop()
        return await asyncio.gather(*(client.until_closed() for client in clients))


@pytest.mark.parametrize(
    ("kind", "number", "to_group"),
    [
        ("runserver", signal.SIGTERM, False),
        ("runserver", signal.SIGINT, False),
        ("serve", signal.SIGTERM, False),
        ("serve", signal.SIGINT, False),
        ("daphne", signal.SIGTERM, False),
        ("daphne", signal.SIGINT, False),
        ("autoreload", signal.SIGTERM, False),
        # As a terminal does with Ctrl-C.
        ("autoreload", signal.SIGINT, True),
    ],
)
async def test_every_client_is_told_of_a_stop_and_every_row_is_closed(
    start_kind: Start, kind: str, number: signal.Signals, to_group: bool
) -> None:
    server = start_kind(kind)
    ends = await ends_of_clients(server, lambda: server.send_signal(number, to_group=to_group))
    assert {code for _, code in ends} == {4200}
    assert {frames[-1]["type"] for frames, _ in ends} == {"disconnect"}
    assert server.process.wait(STOP_TIMEOUT_S) == 0
    assert server.rows(CLOSE_CODES) == [(4200, CLIENTS)]
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("kind", ["runserver", "serve", "daphne"])
async def test_an_http_connection_that_lingers_does_not_spoil_the_stop(start_kind: Start, kind: str) -> None:
    server = start_kind(kind)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHo")
    await writer.drain()
    ends = await ends_of_clients(server, lambda: server.send_signal(signal.SIGTERM))
    writer.close()
    await reader.read()
    assert {code for _, code in ends} == {4200}
    server.process.wait(STOP_TIMEOUT_S)
    assert server.rows(OPEN_ROWS) == [(0,)]


@pytest.mark.parametrize("kind", ["runserver", "serve", "daphne"])
async def test_a_stop_while_requests_are_answered_ends_the_process(start_kind: Start, kind: str) -> None:
    """Their threads need the loop: where it went first, the process waited for them for ever."""
    server = start_kind(kind)
    answers, is_over = [0] * ASKERS, threading.Event()

    def ask(number: int) -> None:
        with suppress(OSError, HTTPException, ValueError):
            while not is_over.is_set():
                server.get("/health")
                answers[number] += 1

    async with asyncio.TaskGroup() as asking:
        for number in range(ASKERS):
            asking.create_task(asyncio.to_thread(ask, number))
        try:
            await until(lambda: min(answers) > 2)
            server.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(server.process.wait, STOP_TIMEOUT_S)
        finally:
            is_over.set()
    assert code == 0
    assert server.rows(RUNNING_NODES) == [(0,)]


async def test_clients_are_told_to_come_back_spread_over_a_second(start: Start) -> None:
    server = start()
    ends = await ends_of_clients(server, lambda: server.send_signal(signal.SIGTERM))
    waits = {frames[-1]["payload"]["retry_after_ms"] for frames, _ in ends}
    assert all(frames[-1]["payload"]["reconnect"] for frames, _ in ends)
    assert len(waits) > 1
    assert all(0 <= wait <= 1000 for wait in waits)


async def test_after_kill_9_the_rows_leave_the_stats_with_their_lease(start: Start) -> None:
    lease = {"KITT_LEASE_INTERVAL": "0.5", "KITT_LEASE_TIMEOUT": "2"}
    server, witness = start(**lease), start(**lease)
    ends = await ends_of_clients(server, server.kill)
    assert {code for _, code in ends} == {None}
    assert server.rows(OPEN_ROWS) == [(CLIENTS,)]
    await until(lambda: witness.get("/stats")["total_connections"] == 0)


async def test_after_kill_9_the_next_server_closes_the_rows(start: Start) -> None:
    settings = {"KITT_LEASE_INTERVAL": "0.2", "KITT_LEASE_TIMEOUT": "1", "KITT_SWEEP_INTERVAL": "0.5"}
    server = start(**settings)
    await ends_of_clients(server, server.kill)
    successor = start(**settings)
    await until(lambda: successor.rows(CLOSE_CODES) == [(1006, CLIENTS)])


async def test_the_sweepers_command_closes_the_rows_of_a_killed_server(start: Start) -> None:
    server = start(KITT_LEASE_TIMEOUT="1", KITT_LEASE_INTERVAL="0.5")
    await ends_of_clients(server, server.kill)
    await until(lambda: f"closed: {CLIENTS};" in server.manage("sweep_connections", "--once"))
    assert server.rows(CLOSE_CODES) == [(1006, CLIENTS)]
