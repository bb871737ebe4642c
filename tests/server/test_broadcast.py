"""Messages go to all clients of the same endpoint, and to nobody else."""

from __future__ import annotations

import uuid

import pytest

from realtime.protocol.endpoints import ENDPOINTS
from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL
from tests.servers import Server

TYPES = [(endpoint.name, name) for endpoint in ENDPOINTS.values() for name in endpoint.stored_types]


@pytest.mark.parametrize(("endpoint", "message_type"), TYPES)
@pytest.mark.parametrize("examples", [MINIMAL, FULL], ids=["minimal", "full"])
async def test_a_message_reaches_every_client_of_its_endpoint_as_it_was_sent(
    server: Server, endpoint: str, message_type: str, examples: dict[str, dict[str, object]]
) -> None:
    payload = {**examples[message_type], "a_field_of_the_senders": {"kept": [1, None, "ü"]}}
    async with connect(server.ws_url, endpoint, "sender") as sender, connect(server.ws_url, endpoint) as other:
        await sender.send(
            {"type": message_type, "payload": payload, "correlation_id": "c-1", "id": (own_id := str(uuid.uuid4()))}
        )
        own, copy = await sender.receive(), await other.receive()
    assert own == copy
    assert (own["payload"], own["sender"], own["correlation_id"], own["id"]) == (payload, "sender", "c-1", own_id)
    assert own["offset"] == sender.welcome["payload"]["offset"] + 1


async def test_clients_of_other_endpoints_never_see_it(server: Server) -> None:
    async with (
        connect(server.ws_url, "freight") as freight,
        connect(server.ws_url, "packing") as packing,
        connect(server.ws_url, "notifications") as notifications,
    ):
        await freight.ask(ROUTE_UPDATE)
        for other in (packing, notifications):
            assert (await other.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_what_the_sender_leaves_out_the_server_fills_in(server: Server) -> None:
    async with connect(server.ws_url) as client:
        own = await client.ask(ROUTE_UPDATE)
    assert list(own) == ["type", "timestamp", "payload", "correlation_id", "id", "offset", "sender"]
    assert own["timestamp"].endswith("Z")
    assert own["id"][14] == "7"


async def test_two_connections_may_share_a_client_id(server: Server) -> None:
    async with connect(server.ws_url, client_id="twin") as one, connect(server.ws_url, client_id="twin") as two:
        assert await one.ask(ROUTE_UPDATE) == await two.receive()


async def test_offsets_have_no_hole_while_several_clients_send(server: Server) -> None:
    async with connect(server.ws_url, client_id="a") as a, connect(server.ws_url, client_id="b") as b:
        for _ in range(15):
            await a.send(ROUTE_UPDATE)
            await b.send(ROUTE_UPDATE)
        frames = [await b.receive() for _ in range(30)]
    first = b.welcome["payload"]["offset"] + 1
    assert [frame["offset"] for frame in frames] == list(range(first, first + 30))


async def test_a_packing_result_of_almost_one_mebibyte_reaches_everyone(server: Server) -> None:
    payload = {"shipment_id": "SH-1", "note": "x" * (1024 * 1024 - 600)}
    async with connect(server.ws_url, "packing") as sender, connect(server.ws_url, "packing") as other:
        await sender.send({"type": "packing_result", "payload": payload})
        assert (await sender.receive())["payload"] == payload
        assert (await other.receive())["payload"] == payload


async def test_a_packing_result_over_one_mebibyte_is_refused(server: Server) -> None:
    async with connect(server.ws_url, "packing") as client:
        reply = await client.ask(
            {"type": "packing_result", "payload": {"shipment_id": "SH-1", "note": "x" * 1024 * 1024}}
        )
        assert reply["payload"]["code"] == "too_large"
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_only_packing_results_may_be_that_large(server: Server) -> None:
    prediction = {"shipment_id": "SH-1", "probability": 0.1, "note": "x" * 65 * 1024}
    async with connect(server.ws_url, "packing") as client:
        reply = await client.ask({"type": "damage_prediction", "payload": prediction})
    assert (reply["payload"]["code"], reply["payload"]["rejected_type"]) == ("too_large", "damage_prediction")
