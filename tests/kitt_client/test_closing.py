from __future__ import annotations

import asyncio

import pytest

from kitt_client import Backoff, Closed, Kitt, KittError, Message
from tests.kitt_client.server import Frame, Peer, ScriptedServer

ROUTE = {"shipment_id": "SH-1"}


async def silent(peer: Peer, frame: Frame) -> bool:
    return True


async def test_the_end_closes_every_connection_properly(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms") as kitt:
        await kitt.publish("freight", "route_update", ROUTE)
        await kitt.publish("packing", "packing_result", ROUTE)
    await server.until(lambda: not any(peer.is_live for peer in server.peers))
    assert [peer.socket.close_code for peer in server.peers] == [1000, 1000]


async def test_the_end_leaves_no_task(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms") as kitt:
        await kitt.publish("freight", "route_update", ROUTE)
    await server.until(lambda: not server.peers[0].is_live)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("kitt-")]


async def test_who_still_publishes_is_told(server: ScriptedServer) -> None:
    server.on_message = silent
    async with Kitt(server.url, client_id="tms") as kitt:
        publishing = asyncio.create_task(kitt.publish("freight", "route_update", ROUTE))
        await server.until(lambda: bool(server.peers) and bool(server.peers[0].received))
    with pytest.raises(Closed):
        await publishing


async def test_who_still_reads_comes_to_the_end(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms") as kitt:
        reading = asyncio.create_task(read_all(kitt))
        await server.peer()
        await server.store("m1")
        await asyncio.sleep(0.02)
    assert await reading == [1]


async def read_all(kitt: Kitt) -> list[int]:
    return [item.offset async for item in kitt.subscribe("freight") if isinstance(item, Message)]


async def test_it_closes_while_it_waits_to_come_back(server: ScriptedServer) -> None:
    server.statuses.append(503)
    async with Kitt(server.url, client_id="tms", backoff=Backoff(base=86_400, cap=86_400)) as kitt:
        publishing = asyncio.create_task(kitt.publish("freight", "route_update", ROUTE))
        await asyncio.sleep(0.02)
    with pytest.raises(Closed):
        await publishing


async def test_it_closes_while_it_opens() -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        async with Kitt(f"ws://127.0.0.1:{port}", client_id="tms") as kitt:
            publishing = asyncio.create_task(kitt.publish("freight", "route_update", ROUTE))
            await asyncio.sleep(0.02)
        with pytest.raises(Closed):
            await publishing


async def test_it_closes_while_a_full_queue_pauses_the_reading(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that it cannot end by giving up: the server's close frame stands behind the messages that nobody read.
    monkeypatch.setattr("kitt_client.link.CLOSE_TIMEOUT_S", 3600)
    async with Kitt(server.url, client_id="tms", queue_size=1) as kitt, kitt.subscribe("freight"):
        for number in range(200):
            await server.store(f"m{number}")
        await asyncio.sleep(0.02)
    await server.until(lambda: not server.peers[0].is_live)
    assert server.peers[0].socket.close_code == 1000


async def test_it_is_of_no_use_outside_its_context(server: ScriptedServer) -> None:
    kitt = Kitt(server.url, client_id="tms")
    with pytest.raises(Closed):
        await kitt.publish("freight", "route_update", ROUTE)
    async with kitt:
        messages = kitt.subscribe("freight")
    with pytest.raises(Closed):
        await anext(messages)


async def test_a_fault_of_its_own_reaches_the_user(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitt_client.session.parse", lambda *_: 1 / 0)
    async with Kitt(server.url, client_id="tms") as kitt:
        with pytest.raises(KittError, match="ZeroDivisionError"):
            await kitt.publish("freight", "route_update", ROUTE)


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "localhost", "ws://", "ws://localhost/?a=b", "ws://localhost/#a"]
)
def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the url must"):
        Kitt(url, client_id="tms")


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 65, "tms\n"])
def test_a_client_id_that_the_server_would_refuse_is_refused(client_id: str) -> None:
    with pytest.raises(ValueError, match="client_id"):
        Kitt("ws://localhost:8000", client_id=client_id)


def test_limits_that_would_stop_everything_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Kitt("ws://localhost:8000", client_id="tms", queue_size=0)
