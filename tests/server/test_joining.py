"""A client that connects while messages flow: what is published just then is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.bursts import Burst, burst
from tests.raw_socket import RawSocket, open_socket
from tests.server.conftest import Start
from tests.servers import Server


async def connected(stack: AsyncExitStack, server: Server, load: Burst, number: int, query: str) -> RawSocket:
    """One client, connected some messages after the one before it."""
    await load.flow(20 * number)
    return await stack.enter_async_context(open_socket(server, client_id=f"late-{number}", query=query))


@asynccontextmanager
async def joined_during_a_burst(server: Server, queries: list[str]) -> AsyncIterator[tuple[list[RawSocket], int]]:
    """A client for each query, and the head of the stream when the burst is over."""
    async with AsyncExitStack() as stack:
        async with burst(server) as load:
            joining = (connected(stack, server, load, number, query) for number, query in enumerate(queries))
            clients = await asyncio.gather(*joining)
            await load.flow(50)
        yield clients, load.head


async def test_clients_that_ask_for_everything_during_a_burst_get_everything(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="0", KITT_MAX_REPLAY="100000")
    async with joined_during_a_burst(server, ["&since=0"] * 20) as (clients, head):
        for client in clients:
            assert client.welcome["payload"]["recovered"] is True
            await client.has_all_upto(head)
            assert client.offsets[0] == 1


async def test_clients_that_connect_during_a_burst_get_all_that_follows_their_welcome(busy_server: Server) -> None:
    async with joined_during_a_burst(busy_server, ["", "&last=5"] * 5) as (clients, head):
        for client in clients:
            await client.has_all_upto(head)
