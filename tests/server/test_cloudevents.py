"""Clients that chose `cloudevents.json`: the same stream, promises and refusals as in `kitt.v1`."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import websockets
from websockets import Subprotocol

from tests.clients import ROUTE_UPDATE, Client, connect
from tests.events import CLOUD_EVENTS, EVENT, frame_of, require_event
from tests.frame_schemas import check_event
from tests.redis import Redis
from tests.server.conftest import Start
from tests.servers import Server
from tests.tokens import token

HEARTBEAT_EVENT = {**EVENT, "type": "kitt.v1.heartbeat", "data": {}}
KITT = Subprotocol("kitt.v1")


class EventClient(Client):
    """Every event that comes is held to the specification, to its schema, and to that of the frame it stands for."""

    @property
    def welcome(self) -> dict[str, Any]:
        assert self.first["type"] == "kitt.v1.system.welcome"
        return self.first

    def check(self, event: dict[str, Any]) -> None:
        require_event(event)
        check_event(event)
        super().check(frame_of(event))


def connect_events(
    ws_url: str, endpoint: str = "freight", client_id: str = "ce", **options: Any
) -> AbstractAsyncContextManager[Client]:
    return connect(ws_url, endpoint, client_id, **{"kind": EventClient, "subprotocols": [CLOUD_EVENTS], **options})


def same(event: dict[str, Any], frame: dict[str, Any]) -> bool:
    """Whether both are the same stored message."""
    assert event["source"] == f"/ws/freight/{frame['sender']}"
    return frame_of(event) == frame


def numbered(number: int) -> dict[str, Any]:
    return {"shipment_id": f"SH-{number}"}


async def test_both_formats_carry_the_same_messages_in_the_same_order(busy_server: Server) -> None:
    url = busy_server.ws_url
    async with connect(url, client_id="a") as plain, connect_events(url) as events, connect_events(url) as others:
        for number in range(50):
            await plain.send({**ROUTE_UPDATE, "payload": numbered(number)})
            await events.send({**EVENT, "id": f"e-{plain.welcome['payload']['offset']}-{number}"})
        frames = [await plain.receive() for _ in range(100)]
        for client in (events, others):
            received = [await client.receive() for _ in range(100)]
            assert all(same(event, frame) for event, frame in zip(received, frames, strict=True))
        assert [frame["offset"] for frame in frames] == list(range(frames[0]["offset"], frames[0]["offset"] + 100))
        assert {frame["sender"] for frame in frames} == {"a", "ce"}


async def test_the_first_format_that_is_offered_is_chosen(server: Server) -> None:
    for offered in ([CLOUD_EVENTS, KITT], [KITT, CLOUD_EVENTS], [Subprotocol("cloudevents.avro"), CLOUD_EVENTS]):
        async with websockets.connect(f"{server.ws_url}/ws/freight?client_id=a", subprotocols=offered) as socket:
            assert socket.subprotocol == next(each for each in offered if each in (CLOUD_EVENTS, KITT))
            assert ("specversion" in json.loads(await socket.recv())) == (socket.subprotocol == CLOUD_EVENTS)


async def test_a_client_that_comes_back_with_its_sequence_gets_what_it_missed(start: Start) -> None:
    first = start()
    async with connect_events(first.ws_url) as client:
        seen = await client.ask(EVENT)
        missed = [await client.ask({**EVENT, "id": f"e-{number}"}) for number in range(2, 5)]
        epoch = client.welcome["data"]["epoch"]
    first.kill()
    second = start()
    query = f"client_id=ce&since={seen['sequence']}&epoch={epoch}"
    async with connect_events(second.ws_url, query=query) as client:
        assert (client.welcome["data"]["recovered"], client.welcome["data"]["replayed"]) == (True, 3)
        assert [await client.receive() for _ in range(3)] == missed
        assert (await client.ask({**EVENT, "id": "e-5"}))["sequence"] > missed[-1]["sequence"]


async def test_an_event_sent_again_is_answered_with_the_stored_copy(start: Start) -> None:
    server = start()
    async with connect_events(server.ws_url) as client, connect(server.ws_url, client_id="other") as other:
        stored = await client.ask(EVENT)
        assert same(stored, await other.receive())
        assert await client.ask(EVENT) == stored
        assert (await other.ask({"type": "heartbeat", "payload": {}}))["type"] == "heartbeat"


async def test_the_same_id_for_another_event_is_a_conflict(start: Start) -> None:
    async with connect_events(start().ws_url) as client:
        await client.ask(EVENT)
        reply = await client.ask({**EVENT, "data": numbered(2), "correlationid": "c-1"})
        assert (reply["type"], reply["data"]["code"]) == ("kitt.v1.system.error", "conflict")
        assert (reply["correlationid"], reply["data"]["rejected_type"]) == ("c-1", "route_update")


@pytest.mark.parametrize(
    ("event", "code", "path"),
    [
        ({**EVENT, "id": None}, "invalid_envelope", "/id"),
        ({**EVENT, "time": "yesterday"}, "invalid_envelope", "/time"),
        ({**EVENT, "data": {"shipment_id": 5}}, "validation_failed", "/data/shipment_id"),
        (ROUTE_UPDATE, "invalid_envelope", "/specversion"),
    ],
)
async def test_a_bad_event_is_answered_with_its_attribute_and_the_socket_stays_open(
    server: Server, event: dict[str, Any], code: str, path: str
) -> None:
    async with connect_events(server.ws_url) as client:
        reply = await client.ask(event)
        assert (reply["type"], reply["data"]["code"]) == ("kitt.v1.system.error", code)
        assert reply["data"]["errors"][0]["path"] == path
        assert (await client.ask(HEARTBEAT_EVENT))["type"] == "kitt.v1.system.heartbeat"


async def test_a_binary_frame_is_refused(server: Server) -> None:
    async with connect_events(server.ws_url) as client:
        assert client.socket.subprotocol == CLOUD_EVENTS
        assert (await client.ask(json.dumps(EVENT).encode()))["data"]["code"] == "invalid_json"


async def test_who_is_silent_is_pinged_and_then_told_why_it_is_closed(start: Start) -> None:
    server = start(KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="3")
    async with connect_events(server.ws_url) as client:
        events, code = await client.until_closed()
    types = [event["type"].removeprefix("kitt.v1.system.") for event in events]
    assert code == events[-1]["data"]["code"] == 4201
    assert types == ["ping"] * (len(types) - 1) + ["disconnect"]
    assert len(types) > 1


async def test_a_query_that_is_not_valid_is_answered_in_events(server: Server) -> None:
    async with connect_events(server.ws_url, query="client_id=a&last=x") as client:
        frames, code = await client.until_closed()
    assert (client.first["type"], client.first["data"]["errors"][0]["path"]) == ("kitt.v1.system.error", "/last")
    assert ([frame["type"] for frame in frames], code) == (["kitt.v1.system.disconnect"], 4006)


async def test_a_token_stands_beside_the_subprotocol_and_its_rights_hold(guarded_server: Server) -> None:
    text = token(sub="screen", kitt={"subscribe": ["freight"]})
    offered = [CLOUD_EVENTS, Subprotocol(f"kitt.token.{text}")]
    async with connect_events(guarded_server.ws_url, query="", subprotocols=offered) as client:
        reply = await client.ask(EVENT)
        assert (reply["type"], reply["data"]["code"]) == ("kitt.v1.system.error", "forbidden")


async def test_a_packing_result_of_nearly_a_mebibyte_arrives(server: Server) -> None:
    data = {"shipment_id": "SH-1", "own": "x" * 1_000_000}
    async with connect_events(server.ws_url, "packing") as client:
        event = await client.ask({**EVENT, "type": "kitt.v1.packing_result", "data": data})
    assert (event["data"], event["subject"]) == (data, "SH-1")


async def test_events_cross_processes(start: Start, shared_redis: Redis) -> None:
    one, two = (start(REDIS_URL=shared_redis.url) for _ in range(2))
    async with connect_events(one.ws_url, client_id="a") as a, connect(two.ws_url, client_id="b") as b:
        for number in range(10):
            await a.send({**EVENT, "id": f"e-{number}"})
            await b.send({**ROUTE_UPDATE, "payload": numbered(number)})
        events = [await a.receive() for _ in range(20)]
        frames = [await b.receive() for _ in range(20)]
        assert all(same(event, frame) for event, frame in zip(events, frames, strict=True))
