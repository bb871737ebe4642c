"""The durable stream on real servers: across restarts, processes, failures and databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, Client, connect
from tests.server.conftest import Start
from tests.servers import Server


async def received(client: Client, count: int) -> list[int]:
    return [(await client.receive_type("route_update"))["offset"] for _ in range(count)]


async def test_a_client_that_comes_back_after_a_restart_gets_what_it_missed(start: Start) -> None:
    first = start()
    async with connect(first.ws_url) as client:
        seen = await client.ask(ROUTE_UPDATE)
        missed = [await client.ask(ROUTE_UPDATE) for _ in range(3)]
        epoch = client.welcome["payload"]["epoch"]
    first.kill()
    second = start()
    async with connect(second.ws_url, query=f"client_id=a&since={seen['offset']}&epoch={epoch}") as client:
        assert (client.welcome["payload"]["recovered"], client.welcome["payload"]["replayed"]) == (True, 3)
        assert [await client.receive() for _ in range(3)] == missed


async def test_a_message_sent_again_after_a_restart_is_answered_with_the_stored_copy(start: Start) -> None:
    first = start()
    async with connect(first.ws_url, client_id="tms") as client:
        stored = await client.ask({**ROUTE_UPDATE, "id": "i-1"})
    first.kill()
    second = start()
    async with connect(second.ws_url, client_id="tms") as client, connect(second.ws_url) as other:
        assert await client.ask({**ROUTE_UPDATE, "id": "i-1"}) == stored
        assert (await other.ask(HEARTBEAT))["type"] == "heartbeat"


async def two_servers_share_a_stream(one: Server, two: Server) -> None:
    async with connect(one.ws_url, client_id="a") as a, connect(two.ws_url, client_id="b") as b:
        for _ in range(10):
            await a.send(ROUTE_UPDATE)
            await b.send(ROUTE_UPDATE)
        first = a.welcome["payload"]["offset"] + 1
        assert await received(a, 20) == await received(b, 20) == list(range(first, first + 20))


async def test_two_processes_on_one_database_share_their_streams(start: Start) -> None:
    await two_servers_share_a_stream(start(), start())


async def test_two_processes_on_postgresql_share_their_streams(start: Start, postgres_url: str) -> None:
    one = start(DATABASE_URL=postgres_url)
    await two_servers_share_a_stream(one, start(DATABASE_URL=postgres_url))


def rename(database: Path, table: str, other: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {other}")


async def test_a_failed_commit_reaches_its_sender_alone_and_can_be_sent_again(start: Start) -> None:
    server = start()
    frame: dict[str, Any] = {**ROUTE_UPDATE, "id": "i-1", "correlation_id": "c-1"}
    async with connect(server.ws_url) as sender, connect(server.ws_url) as other:
        rename(server.database, "realtime_message", "gone")
        refusal = await sender.ask(frame)
        rename(server.database, "gone", "realtime_message")
        assert (refusal["payload"]["code"], refusal["payload"]["retryable"]) == ("upstream_unavailable", True)
        assert refusal["correlation_id"] == "c-1"
        stored = await sender.ask(frame)
        assert stored["offset"] == other.welcome["payload"]["offset"] + 1
        assert await other.receive() == stored


async def test_a_sender_at_full_speed_gets_all_its_messages_back_in_order(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="0", KITT_MAX_UNCOMMITTED="5")
    async with connect(server.ws_url) as sender, connect(server.ws_url) as other:
        for _ in range(500):
            await sender.send(ROUTE_UPDATE)
        assert await received(sender, 500) == await received(other, 500)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
async def test_a_resume_while_others_publish_has_no_gap_and_no_double(start: Start, share: float) -> None:
    server, count = start(KITT_RATE_LIMIT="0"), 600
    async with connect(server.ws_url, client_id="publisher") as publisher:
        epoch = publisher.welcome["payload"]["epoch"]
        for _ in range(300):
            await publisher.send(ROUTE_UPDATE)
        await received(publisher, 300)
        for _ in range(count - 300):
            await publisher.send(ROUTE_UPDATE)
        since = int(300 * share)
        async with connect(server.ws_url, query=f"client_id=late&since={since}&epoch={epoch}") as late:
            assert late.welcome["payload"]["recovered"] is True
            assert await received(late, count - since) == list(range(since + 1, count + 1))
