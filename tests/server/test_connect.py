"""Who is let in, and what the others are told."""

from __future__ import annotations

import pytest
import websockets

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.server.conftest import Start
from tests.servers import Server

BAD_QUERIES = {
    "no client_id": "",
    "an empty client_id": "client_id=",
    "a client_id with a blank": "client_id=a%20b",
    "a client_id with a line feed": "client_id=a%0A",
    "a client_id of 65 characters": "client_id=" + "a" * 65,
    "a since that is no number": "client_id=a&since=x",
    "a since below zero": "client_id=a&since=-1",
    "a last over 1,000": "client_id=a&last=1001",
    "bytes that are no UTF-8": "client_id=%ff",
}


@pytest.mark.parametrize("query", BAD_QUERIES.values(), ids=BAD_QUERIES.keys())
async def test_a_bad_query_is_answered_with_an_error_and_closed_4006(server: Server, query: str) -> None:
    async with connect(server.ws_url, query=query) as client:
        frames, code = await client.until_closed()
    assert client.first["payload"]["code"] == "validation_failed"
    assert [frame["type"] for frame in frames] == ["disconnect"]
    assert code == 4006


@pytest.mark.parametrize("client_id", ["a", "A-b.c_d:9", "x" * 64])
async def test_a_good_client_id_is_welcomed(server: Server, client_id: str) -> None:
    async with connect(server.ws_url, client_id=client_id) as client:
        assert (await client.ask(ROUTE_UPDATE))["sender"] == client_id


async def test_the_welcome_says_where_the_stream_is_and_what_is_expected(server: Server) -> None:
    async with connect(server.ws_url, "packing") as client:
        welcome = client.welcome
    assert welcome["type"] == "welcome"
    assert set(welcome["payload"]) == {
        "connection_id",
        "endpoint",
        "epoch",
        "offset",
        "recovered",
        "replayed",
        "heartbeat_interval_s",
        "stale_after_s",
    }
    assert (welcome["payload"]["endpoint"], welcome["payload"]["recovered"]) == ("packing", False)


async def test_a_client_that_missed_nothing_is_told_so(server: Server) -> None:
    async with connect(server.ws_url) as client:
        own = await client.ask(ROUTE_UPDATE)
    epoch = client.welcome["payload"]["epoch"]
    async with connect(server.ws_url, query=f"client_id=a&since={own['offset']}&epoch={epoch}") as client:
        assert client.welcome["payload"]["recovered"] is True


@pytest.mark.parametrize("query", ["since=0&epoch=another", "since=1", "epoch=another"])
async def test_a_client_that_may_have_missed_something_is_told_so(server: Server, query: str) -> None:
    async with connect(server.ws_url) as client:
        await client.ask(ROUTE_UPDATE)
    async with connect(server.ws_url, query=f"client_id=a&{query}") as client:
        assert (client.welcome["payload"]["recovered"], client.welcome["payload"]["replayed"]) == (False, 0)


async def test_a_trailing_slash_is_accepted(server: Server) -> None:
    async with websockets.connect(f"{server.ws_url}/ws/freight/?client_id=a") as socket:
        assert '"type":"welcome"' in str(await socket.recv())


@pytest.mark.parametrize("path", ["/ws/unknown", "/", "/ws/freight/x", "/ws", "//ws/freightx"])
async def test_a_path_that_does_not_exist_is_refused_before_accept(server: Server, path: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refusal:
        await websockets.connect(f"{server.ws_url}{path}?client_id=a")
    assert refusal.value.response.status_code == 403


async def test_the_subprotocol_is_chosen_when_it_is_offered(server: Server) -> None:
    subprotocols = [websockets.Subprotocol("other"), websockets.Subprotocol("kitt.v1")]
    async with connect(server.ws_url, subprotocols=subprotocols) as client:
        assert client.socket.subprotocol == "kitt.v1"


async def test_an_origin_that_is_not_allowed_is_refused_before_accept(start: Start) -> None:
    server = start(KITT_ALLOWED_ORIGINS="https://dispatch.example")
    with pytest.raises(websockets.InvalidStatus) as refusal:
        await websockets.connect(
            f"{server.ws_url}/ws/freight?client_id=a", origin=websockets.Origin("https://evil.example")
        )
    assert refusal.value.response.status_code == 403
    for origin in (websockets.Origin("https://dispatch.example"), None):
        async with connect(server.ws_url, origin=origin) as client:
            assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_every_origin_is_allowed_by_default(server: Server) -> None:
    async with connect(server.ws_url, origin=websockets.Origin("https://any.example")) as client:
        assert client.welcome["type"] == "welcome"


async def test_a_client_over_the_capacity_is_told_to_come_back_later(start: Start) -> None:
    server = start(KITT_MAX_CONNECTIONS="1")
    async with connect(server.ws_url), connect(server.ws_url) as second:
        frames, code = await second.until_closed()
    assert second.first["type"] == "disconnect"
    assert (frames, code) == ([], 4100)
