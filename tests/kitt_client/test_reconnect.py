from __future__ import annotations

import asyncio
import socket

import pytest
from websockets.asyncio.server import serve

from kitt_client import Backoff, Kitt, Refused
from tests.kitt_client.conftest import QUICK
from tests.kitt_client.server import Peer, Plan, ScriptedServer, scripted_server

ROUTE = {"shipment_id": "SH-1"}


def closes(code: int) -> Plan:
    async def plan(peer: Peer) -> None:
        await peer.socket.close(code, "no")

    return plan


async def publish(kitt: Kitt) -> int:
    return (await kitt.publish("freight", "route_update", ROUTE)).offset


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 1013, 4100, 4102, 4200, 4203])
async def test_it_comes_back_after(server: ScriptedServer, kitt: Kitt, code: int) -> None:
    server.plans.append(closes(code))
    assert await publish(kitt) == 1


async def test_it_comes_back_after_a_connection_that_breaks_before_its_welcome(
    server: ScriptedServer, kitt: Kitt
) -> None:
    async def plan(peer: Peer) -> None:
        peer.drop()

    server.plans.append(plan)
    assert await publish(kitt) == 1


@pytest.mark.parametrize("text", ["no json", "[]", '{"type":"welcome","payload":{}}'])
async def test_it_comes_back_after_a_frame_that_is_not_the_protocol(
    server: ScriptedServer, kitt: Kitt, text: str
) -> None:
    async def plan(peer: Peer) -> None:
        await peer.socket.send(text)
        await peer.socket.wait_closed()

    server.plans.append(plan)
    assert await publish(kitt) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_it_comes_back_after_the_status(server: ScriptedServer, kitt: Kitt, status: int) -> None:
    server.statuses.extend([status, status])
    assert await publish(kitt) == 1


async def test_it_waits_as_long_as_a_refused_handshake_asks(
    server: ScriptedServer, kitt: Kitt, caplog: pytest.LogCaptureFixture
) -> None:
    server.statuses.append(503)
    server.retry_after = "1"
    assert await publish(kitt) == 1
    assert "next connection in 1.00 s" in caplog.text


async def test_it_waits_for_a_server_that_is_not_there_yet() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Kitt(f"ws://127.0.0.1:{port}", client_id="tms", backoff=QUICK) as kitt:
        publishing = asyncio.create_task(publish(kitt))
        await asyncio.sleep(0.02)
        async with scripted_server() as scripted, serve(scripted.handle, "127.0.0.1", port):
            assert await publishing == 1


async def test_the_disconnect_frame_says_when_to_come_back(server: ScriptedServer) -> None:
    async def plan(peer: Peer) -> None:
        await peer.disconnect(4200, retry_after_ms=10)

    server.plans.append(plan)
    # Without the frame it would wait for up to a day.
    async with Kitt(server.url, client_id="tms", backoff=Backoff(jitter=86_400)) as kitt:
        assert await publish(kitt) == 1


@pytest.mark.parametrize("code", [4001, 4003, 4006, 4008])
async def test_it_stays_away_after(server: ScriptedServer, kitt: Kitt, code: int) -> None:
    server.plans.append(closes(code))
    with pytest.raises(Refused, match=f"{code} no"):
        await publish(kitt)
    with pytest.raises(Refused):
        await publish(kitt)
    assert len(server.peers) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_it_stays_away_after_the_status(server: ScriptedServer, kitt: Kitt, status: int) -> None:
    server.statuses.append(status)
    with pytest.raises(Refused) as refusal:
        await publish(kitt)
    assert refusal.value.code == status


async def test_a_refusal_reaches_every_publisher_and_subscriber(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        server.on_message = revoke
        results = await asyncio.gather(publish(kitt), publish(kitt), anext(messages), return_exceptions=True)
        assert [str(result) for result in results] == ["4008 told"] * 3


async def revoke(peer: Peer, frame: object) -> bool:
    await peer.disconnect(4008)
    return True


async def test_what_came_before_a_refusal_can_still_be_read(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await server.store("m1")
        await server.peers[0].disconnect(4008)
        await anext(messages)
        with pytest.raises(Refused):
            await anext(messages)


async def test_a_refused_subscription_cannot_be_entered(server: ScriptedServer, kitt: Kitt) -> None:
    server.plans.append(closes(4003))
    with pytest.raises(Refused):
        async with kitt.subscribe("freight"):
            pass


async def test_a_refusal_says_which_parameter_was_wrong(server: ScriptedServer, kitt: Kitt) -> None:
    async def plan(peer: Peer) -> None:
        errors = [{"path": "/since", "code": "wrong_type", "message": "must be a number"}]
        await peer.send("error", {"code": "validation_failed", "message": "No.", "retryable": False, "errors": errors})
        await peer.disconnect(4006)

    server.plans.append(plan)
    with pytest.raises(Refused, match="4006 told; /since must be a number"):
        await publish(kitt)


async def test_one_refused_endpoint_does_not_harm_another(server: ScriptedServer, kitt: Kitt) -> None:
    server.plans.append(closes(4003))
    with pytest.raises(Refused):
        await publish(kitt)
    assert (await kitt.publish("packing", "packing_result", ROUTE)).offset == 1
