from __future__ import annotations

from kitt_client import Kitt
from tests.kitt_client.server import Peer, ScriptedServer

ROUTE = {"shipment_id": "SH-1"}


async def test_a_ping_is_answered_with_a_heartbeat(server: ScriptedServer, kitt: Kitt) -> None:
    await kitt.publish("freight", "route_update", ROUTE)
    await server.peers[0].send("ping")
    await server.until(lambda: len(server.peers[0].sent("heartbeat")) == 1)


async def test_a_silent_client_sends_heartbeats(server: ScriptedServer, kitt: Kitt) -> None:
    server.interval_s = 0.01
    async with kitt.subscribe("freight"):
        await server.until(lambda: len(server.peers[0].sent("heartbeat")) == 3)


async def test_a_busy_client_sends_none(server: ScriptedServer, kitt: Kitt) -> None:
    for _ in range(20):
        await kitt.publish("freight", "route_update", ROUTE)
    assert server.peers[0].sent("heartbeat") == []


async def test_a_dead_line_is_left(server: ScriptedServer, kitt: Kitt) -> None:
    async def fall_silent(peer: Peer) -> None:
        await server.welcome(peer)
        await peer.socket.wait_closed()

    server.plans.append(fall_silent)
    server.interval_s, server.stale_s = 0.02, 0.05
    async with kitt.subscribe("freight") as messages:
        await server.peer(1)
        await server.store("m1")
        await anext(messages)


async def test_heartbeats_that_are_answered_keep_a_quiet_line(server: ScriptedServer, kitt: Kitt) -> None:
    server.interval_s, server.stale_s = 0.02, 0.1
    async with kitt.subscribe("freight"):
        await server.until(lambda: len(server.peers[0].sent("heartbeat")) == 8)
    assert len(server.peers) == 1


async def test_unknown_frames_are_passed_over(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await server.peers[0].send("news", {"what": "ever"})
        await server.peers[0].send("error", {"code": "internal", "message": "Not yours.", "retryable": True})
        await server.store("m1")
        await anext(messages)
    assert len(server.peers) == 1
