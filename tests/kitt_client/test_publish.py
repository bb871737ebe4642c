from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from kitt_client import Kitt, PublishRefused, PublishTimeout
from kitt_client.link import MAX_FRAME_BYTES
from tests.kitt_client.conftest import QUICK
from tests.kitt_client.server import Frame, Peer, ScriptedServer

ROUTE = {"shipment_id": "SH-1"}


async def silent(peer: Peer, frame: Frame) -> bool:
    """Takes a message, and does not answer it."""
    return True


async def test_the_stored_copy_is_returned(server: ScriptedServer, kitt: Kitt) -> None:
    stored = await kitt.publish("freight", "route_update", ROUTE, correlation_id="x")
    assert (stored.offset, stored.sender, stored.epoch) == (1, "tms", "e1")
    assert (stored.type, stored.payload, stored.correlation_id) == ("route_update", ROUTE, "x")


async def test_every_message_has_an_id_and_a_time(server: ScriptedServer, kitt: Kitt) -> None:
    first = await kitt.publish("freight", "route_update", ROUTE)
    second = await kitt.publish("freight", "route_update", ROUTE)
    assert first.id != second.id
    assert datetime.fromisoformat(first.timestamp).tzinfo is not None


async def test_the_senders_own_id_and_time_are_kept(server: ScriptedServer, kitt: Kitt) -> None:
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    stored = await kitt.publish("freight", "route_update", ROUTE, id="mine", timestamp=moment)
    assert (stored.id, stored.timestamp) == ("mine", "2026-03-01T08:00:00.000Z")


async def test_all_messages_of_an_endpoint_share_a_connection(server: ScriptedServer, kitt: Kitt) -> None:
    await asyncio.gather(*(kitt.publish("freight", "route_update", {"n": n}) for n in range(50)))
    assert [frame["payload"]["n"] for frame in server.log] == list(range(50))
    assert len(server.peers) == 1


async def test_endpoints_have_connections_of_their_own(server: ScriptedServer, kitt: Kitt) -> None:
    await kitt.publish("freight", "route_update", ROUTE)
    await kitt.publish("packing", "packing_result", ROUTE)
    assert [peer.endpoint for peer in server.peers] == ["freight", "packing"]


async def test_a_publisher_asks_for_nothing_that_it_missed(server: ScriptedServer, kitt: Kitt) -> None:
    await kitt.publish("freight", "route_update", ROUTE)
    server.peers[0].drop()
    await kitt.publish("freight", "route_update", ROUTE)
    assert [peer.query for peer in server.peers] == [{"client_id": "tms"}] * 2


async def test_the_token_and_the_subprotocol_are_offered_but_no_compression(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms", token="secret") as kitt:
        await kitt.publish("freight", "route_update", ROUTE)
    assert server.peers[0].headers["Authorization"] == "Bearer secret"
    assert server.peers[0].headers["Sec-WebSocket-Protocol"] == "kitt.v1"
    assert "Sec-WebSocket-Extensions" not in server.peers[0].headers


async def test_what_is_unanswered_is_sent_again_in_order_with_the_same_ids(server: ScriptedServer, kitt: Kitt) -> None:
    server.on_message = silent
    tasks = [asyncio.create_task(kitt.publish("freight", "route_update", {"n": n})) for n in range(3)]
    await server.until(lambda: bool(server.peers) and len(server.peers[0].ids) == 3)
    server.on_message = server_default
    server.peers[0].drop()
    assert [stored.offset for stored in await asyncio.gather(*tasks)] == [1, 2, 3]
    assert server.peers[1].ids == server.peers[0].ids


async def server_default(peer: Peer, frame: Frame) -> bool:
    return False


async def test_a_message_whose_answer_was_lost_is_stored_once(server: ScriptedServer, kitt: Kitt) -> None:
    async def store_and_drop(peer: Peer, frame: Frame) -> bool:
        server.on_message = server_default
        server.append(frame["id"], "tms", payload=frame["payload"])
        peer.drop()
        return True

    server.on_message = store_and_drop
    stored = await kitt.publish("freight", "route_update", ROUTE)
    assert stored.offset == 1
    assert server.offsets == [1]


async def test_a_message_that_was_stored_in_another_life_is_answered(server: ScriptedServer, kitt: Kitt) -> None:
    server.append("mine", "tms", payload=ROUTE)
    server.append("other")
    assert (await kitt.publish("freight", "route_update", ROUTE, id="mine")).offset == 1


async def refuse_first(server: ScriptedServer, code: str, *, retryable: bool) -> list[str]:
    """The server answers the first message with an error; returns where it notes what came."""
    seen: list[str] = []

    async def answer(peer: Peer, frame: Frame) -> bool:
        seen.append(frame["id"])
        if len(seen) == 1:
            errors = [{"path": "/eta", "code": "bad_format", "message": "must be a time"}]
            payload = {"code": code, "message": "No.", "retryable": retryable, "errors": errors}
            await peer.send("error", payload, correlation_id=frame["correlation_id"])
        return len(seen) == 1

    server.on_message = answer
    return seen


async def test_a_refused_message_raises_with_its_fields(server: ScriptedServer, kitt: Kitt) -> None:
    await refuse_first(server, "validation_failed", retryable=False)
    with pytest.raises(PublishRefused, match=r"validation_failed: No\.; /eta must be a time") as refusal:
        await kitt.publish("freight", "route_update", ROUTE)
    assert refusal.value.errors == (("/eta", "bad_format", "must be a time"),)


async def test_a_refused_message_does_not_harm_the_next(server: ScriptedServer, kitt: Kitt) -> None:
    await refuse_first(server, "validation_failed", retryable=False)
    with pytest.raises(PublishRefused):
        await kitt.publish("freight", "route_update", ROUTE)
    assert (await kitt.publish("freight", "route_update", ROUTE)).offset == 1
    assert len(server.peers) == 1


@pytest.mark.parametrize("code", ["rate_limited", "internal"])
async def test_a_retryable_refusal_is_sent_again_with_the_same_id(
    server: ScriptedServer, kitt: Kitt, code: str
) -> None:
    seen = await refuse_first(server, code, retryable=True)
    stored = await kitt.publish("freight", "route_update", ROUTE)
    assert seen == [stored.id, stored.id]


async def test_without_an_answer_a_publish_times_out_and_names_its_id(server: ScriptedServer, kitt: Kitt) -> None:
    server.on_message = silent
    with pytest.raises(PublishTimeout, match="mine") as timeout:
        await kitt.publish("freight", "route_update", ROUTE, id="mine", timeout=0.05)
    assert isinstance(timeout.value, TimeoutError)


async def test_a_message_that_timed_out_is_not_sent_again(server: ScriptedServer, kitt: Kitt) -> None:
    server.on_message = silent
    with pytest.raises(PublishTimeout):
        await kitt.publish("freight", "route_update", ROUTE, id="late", timeout=0.05)
    server.on_message = server_default
    server.peers[0].drop()
    await kitt.publish("freight", "route_update", ROUTE, id="next")
    assert server.peers[1].ids == ["next"]


async def test_no_more_than_the_limit_are_on_their_way(server: ScriptedServer) -> None:
    server.on_message = silent
    async with Kitt(server.url, client_id="tms", backoff=QUICK, max_unanswered=2) as kitt:
        tasks = [asyncio.create_task(kitt.publish("freight", "route_update", ROUTE)) for _ in range(4)]
        await server.until(lambda: bool(server.peers) and len(server.peers[0].ids) == 2)
        await asyncio.sleep(0.02)
        assert len(server.peers[0].ids) == 2
        for frame in list(server.peers[0].received):
            await server.answer(server.peers[0], frame)
        await server.until(lambda: len(server.peers[0].received) == 4)
    assert len(await asyncio.gather(*tasks, return_exceptions=True)) == 4


async def test_a_cancelled_publish_frees_its_turn(server: ScriptedServer) -> None:
    server.on_message = silent
    async with Kitt(server.url, client_id="tms", backoff=QUICK, max_unanswered=1) as kitt:
        task = asyncio.create_task(kitt.publish("freight", "route_update", ROUTE))
        await server.until(lambda: bool(server.peers) and len(server.peers[0].ids) == 1)
        task.cancel()
        await asyncio.wait([task])
        server.on_message = server_default
        assert (await kitt.publish("freight", "route_update", ROUTE)).offset == 1


async def test_what_is_not_json_is_refused_at_once(kitt: Kitt) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        await kitt.publish("freight", "route_update", {"shipment_id": object()})
    with pytest.raises(ValueError, match="surrogates not allowed"):
        await kitt.publish("freight", "route_update", {"shipment_id": "\ud800"})


async def test_a_time_without_an_offset_is_refused_at_once(kitt: Kitt) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs an offset"):
        await kitt.publish("freight", "route_update", ROUTE, timestamp=naive)


async def test_what_would_break_the_connection_is_refused_at_once(kitt: Kitt) -> None:
    with pytest.raises(PublishRefused, match="too_large"):
        await kitt.publish("packing", "packing_result", {"plan": "x" * MAX_FRAME_BYTES})


async def test_a_megabyte_goes_both_ways(server: ScriptedServer, kitt: Kitt) -> None:
    plan = "x" * 1024 * 1024
    stored = await kitt.publish("packing", "packing_result", {"plan": plan})
    assert json.dumps(stored.payload) == json.dumps({"plan": plan})
