"""Three server processes, each started by itself, on one PostgreSQL and one Redis: to a client they are one."""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import permutations
from pathlib import Path

import pytest

from tests.browsers import Browser, create_user
from tests.clients import HEARTBEAT, ROUTE_UPDATE, Client, connect
from tests.redis import Redis
from tests.server.test_rest import UPDATE, post
from tests.servers import Server, running_apart
from tests.waiting import until

QUICK = {"KITT_RATE_LIMIT": "0", "KITT_FLUSH_INTERVAL": "0.2", "KITT_LEASE_TIMEOUT": "3", "KITT_LEASE_INTERVAL": "0.5"}


@pytest.fixture
def nodes(tmp_path: Path, shared_redis: Redis, own_postgres_url: str) -> Iterator[list[Server]]:
    settings = {**QUICK, "DATABASE_URL": own_postgres_url, "REDIS_URL": shared_redis.url}
    with running_apart(tmp_path, [settings] * 3) as servers:
        yield servers


@asynccontextmanager
async def one_on_each(nodes: list[Server]) -> AsyncIterator[list[Client]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(connect(node.ws_url, client_id=f"on-{number}"))
            for number, node in enumerate(nodes)
        ]


async def offsets(client: Client, count: int) -> list[int]:
    return [(await client.receive_type("route_update"))["offset"] for _ in range(count)]


async def test_what_sockets_rest_and_commands_publish_on_any_node_reaches_all_in_one_order(nodes: list[Server]) -> None:
    async with one_on_each(nodes) as clients:
        publications = [client.send(ROUTE_UPDATE) for client in clients * 5]
        publications += [post(node, UPDATE) for node in nodes]
        command = ("publish", "freight", "route_update", "--payload", '{"shipment_id": "SH-1"}')
        await asyncio.gather(*publications, to_thread(nodes[0].manage, *command))
        count = len(publications) + 1
        received = await asyncio.gather(*(offsets(client, count) for client in clients))
    assert received == [list(range(1, count + 1))] * 3


async def test_a_client_resumes_on_another_node_the_moment_it_has_its_answer(nodes: list[Server]) -> None:
    """Whichever that is, and whether or not it has heard of the message yet."""
    for first, second in permutations(nodes, 2):
        async with connect(first.ws_url, client_id="tablet") as client:
            seen = await client.ask(ROUTE_UPDATE)
            epoch = client.welcome["payload"]["epoch"]
        query = f"client_id=tablet&since={seen['offset']}&epoch={epoch}"
        async with connect(second.ws_url, query=query) as client:
            assert client.welcome["payload"]["recovered"]
            assert (await client.ask(ROUTE_UPDATE))["offset"] == seen["offset"] + 1


async def test_a_message_sent_again_on_another_node_is_answered_with_the_first_ones_copy(nodes: list[Server]) -> None:
    message = {**ROUTE_UPDATE, "id": "i-1"}
    async with connect(nodes[0].ws_url, client_id="tms") as client:
        stored = await client.ask(message)
    for node in nodes[1:]:
        async with connect(node.ws_url, client_id="tms") as client:
            assert await client.ask(message) == stored
    async with connect(nodes[0].ws_url) as client:
        assert client.welcome["payload"]["offset"] == stored["offset"]


async def test_every_node_shows_the_sockets_of_all_and_forgets_those_of_one_that_died(nodes: list[Server]) -> None:
    async with one_on_each(nodes) as clients:
        for node in nodes:
            assert node.connected() == ["on-0", "on-1", "on-2"]
        await to_thread(nodes[2].kill)
        for node in nodes[:2]:
            await until(lambda node=node: node.connected() == ["on-0", "on-1"])
        for client in clients[:2]:
            assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_a_sweeper_from_outside_closes_the_rows_of_a_node_that_died(nodes: list[Server]) -> None:
    async with one_on_each(nodes):
        await to_thread(nodes[2].kill)
        await until(lambda: "dead nodes closed: 1" in nodes[0].manage("sweep_connections", "--once"))
        rows = nodes[0].rows("SELECT client_id FROM realtime_connection WHERE closed_at IS NULL ORDER BY client_id")
        assert rows == [("on-0",), ("on-1",)]


async def test_a_sweeper_from_outside_asks_the_owner_who_knows_better(nodes: list[Server]) -> None:
    async with connect(nodes[1].ws_url) as client:
        sweep = ("sweep_connections", "--once", "--timeout", "0.5")
        await until(lambda: "asked to close: 1" in nodes[0].manage(*sweep))
        requested = "SELECT close_requested_code FROM realtime_connection"
        await until(lambda: nodes[2].rows(requested) == [(None,)])
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_the_admin_on_one_node_disconnects_a_client_of_another(nodes: list[Server]) -> None:
    await to_thread(create_user, nodes[0], "boss", is_superuser=True)
    browser = Browser(nodes[0])
    await to_thread(browser.log_in, "boss")
    async with one_on_each(nodes) as clients:
        form = {"action": "disconnect", "_selected_action": clients[2].welcome["payload"]["connection_id"]}
        await to_thread(browser.post, "/admin/realtime/connection/", form)
        frames, code = await clients[2].until_closed()
        assert (code, frames[-1]["payload"]["reconnect"]) == (4008, False)
        for node in nodes:
            await until(lambda node=node: node.connected() == ["on-0", "on-1"])
        for client in clients[:2]:
            assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_a_client_that_is_revoked_is_closed_on_every_node_and_comes_in_nowhere(nodes: list[Server]) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(node.ws_url, client_id="stolen")) for node in nodes]
        await to_thread(nodes[0].manage, "revoke", "client_id", "stolen")
        assert [(await client.until_closed())[1] for client in clients] == [4008] * 3
    for node in nodes:
        async with connect(node.ws_url, client_id="stolen") as client:
            assert client.first["payload"]["code"] == 4008


async def test_a_stream_that_begins_anew_sends_the_clients_of_every_node_away(nodes: list[Server]) -> None:
    async with one_on_each(nodes) as clients:
        old = clients[0].welcome["payload"]["epoch"]
        await clients[0].ask(ROUTE_UPDATE)
        await to_thread(nodes[0].manage, "begin_epoch", "freight")
        assert [(await client.until_closed())[1] for client in clients] == [4202] * 3
    async with one_on_each(nodes) as clients:
        epochs = {client.welcome["payload"]["epoch"] for client in clients}
        assert len(epochs) == 1
        assert old not in epochs
