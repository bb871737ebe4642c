"""With KITT_AUTH=token: who may open a socket, what it may do there, and for how long."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
import websockets

from realtime.auth.tokens import LEEWAY_S
from realtime.protocol.endpoints import ENDPOINTS
from tests.clients import HEARTBEAT, ROUTE_UPDATE, Client, connect
from tests.servers import Server
from tests.tokens import token


def bearing(text: str) -> dict[str, Any]:
    return {"additional_headers": {"Authorization": f"Bearer {text}"}}


async def code_of(client: Client) -> int | None:
    """The close code of a client that was turned away, which its `disconnect` frame has said before."""
    frames, code = await client.until_closed()
    assert client.first["type"] == "error"
    assert [(frame["type"], frame["payload"]["code"]) for frame in frames] == [("disconnect", code)]
    return code


BROUGHT = {
    "in the header": lambda text: bearing(text),
    "as a subprotocol": lambda text: {
        "subprotocols": [websockets.Subprotocol("kitt.v1"), websockets.Subprotocol(f"kitt.token.{text}")]
    },
    "in the query": lambda text: {"query": f"token={text}"},
}


@pytest.mark.parametrize("bring", BROUGHT.values(), ids=BROUGHT.keys())
async def test_a_token_is_taken(guarded_server: Server, bring: Any) -> None:
    async with connect(guarded_server.ws_url, **{"query": "", **bring(token(sub="tablet-7"))}) as client:
        assert client.welcome["payload"]["endpoint"] == "freight"
        assert (await client.ask(ROUTE_UPDATE))["sender"] == "tablet-7"


async def test_a_token_among_the_subprotocols_is_not_sent_back(guarded_server: Server) -> None:
    async with connect(guarded_server.ws_url, query="", **BROUGHT["as a subprotocol"](token())) as client:
        assert client.socket.response is not None
        assert client.socket.response.headers.get_all("Sec-WebSocket-Protocol") == ["kitt.v1"]
        assert "kitt.token" not in str(client.socket.response.headers)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "bad",
    [None, "", "x", token(exp=1), token("another secret of 32 bytes and more"), token(sub="no name")],
    ids=["none", "empty", "garbage", "expired", "signed by somebody else", "for nobody"],
)
async def test_without_a_good_token_nobody_is_let_in(guarded_server: Server, endpoint: str, bad: str | None) -> None:
    options = {} if bad is None else bearing(bad)
    async with connect(guarded_server.ws_url, endpoint, "tms", **options) as client:
        assert await code_of(client) == 4001
    assert client.first["payload"]["code"] == "unauthorized"


async def test_who_sends_before_its_token_was_looked_at_publishes_nothing(guarded_server: Server) -> None:
    async with connect(guarded_server.ws_url, query="", **bearing(token(sub="watcher"))) as watcher:
        url = f"{guarded_server.ws_url}/ws/freight?client_id=tms"
        async with websockets.connect(url) as stranger:
            with suppress(websockets.ConnectionClosed):
                for _ in range(5):
                    await stranger.send('{"type":"route_update","payload":{"shipment_id":"SH-1"}}')
            await stranger.wait_closed()
        assert stranger.close_code == 4001
        assert (await watcher.ask(HEARTBEAT))["payload"]["offset"] == watcher.welcome["payload"]["offset"]


async def test_a_client_id_may_be_left_out_or_be_that_of_the_token(guarded_server: Server) -> None:
    for query in ("", "client_id=tablet-7"):
        async with connect(guarded_server.ws_url, query=query, **bearing(token(sub="tablet-7"))) as client:
            assert client.welcome["type"] == "welcome"


async def test_nobody_takes_the_name_of_another(guarded_server: Server) -> None:
    async with connect(guarded_server.ws_url, query="client_id=tms", **bearing(token(sub="tablet-7"))) as client:
        assert await code_of(client) == 4006
    assert client.first["payload"]["errors"][0]["path"] == "/client_id"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_without_the_right_to_subscribe_a_client_is_sent_away(guarded_server: Server, endpoint: str) -> None:
    others = [name for name in ENDPOINTS if name != endpoint]
    rights = {"publish": list(ENDPOINTS), "subscribe": others}
    async with connect(guarded_server.ws_url, endpoint, query="", **bearing(token(kitt=rights))) as client:
        assert await code_of(client) == 4003
    assert client.first["payload"]["code"] == "forbidden"


async def test_without_the_right_to_publish_a_message_is_refused_and_the_socket_stays(guarded_server: Server) -> None:
    reader = token(sub="reader", kitt={"subscribe": ["freight"], "publish": ["packing"]})
    async with (
        connect(guarded_server.ws_url, query="", **bearing(reader)) as client,
        connect(guarded_server.ws_url, query="", **bearing(token(sub="writer"))) as writer,
    ):
        reply = await client.ask({**ROUTE_UPDATE, "correlation_id": "c-1"})
        assert (reply["type"], reply["payload"]["code"], reply["correlation_id"]) == ("error", "forbidden", "c-1")
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"
        stored = await writer.ask(ROUTE_UPDATE)
        assert await client.receive() == stored
        assert stored["offset"] == client.welcome["payload"]["offset"] + 1


async def test_a_token_that_runs_out_ends_the_socket_and_the_next_one_goes_on(guarded_server: Server) -> None:
    short = token(sub="phone", exp=int(time.time()) - LEEWAY_S + 5)
    async with connect(guarded_server.ws_url, query="", **bearing(short)) as client:
        own = await client.ask(ROUTE_UPDATE)
        frames, code = await client.until_closed()
    assert (code, frames[-1]["payload"]["code"], frames[-1]["payload"]["reconnect"]) == (4203, 4203, True)
    query = f"since={own['offset']}&epoch={client.welcome['payload']['epoch']}"
    async with connect(guarded_server.ws_url, query=query, **bearing(token(sub="phone"))) as client:
        assert client.welcome["payload"]["recovered"] is True


async def test_an_open_door_looks_at_no_token(server: Server) -> None:
    async with connect(server.ws_url, client_id="tms", **bearing("nonsense")) as client:
        assert (await client.ask(ROUTE_UPDATE))["sender"] == "tms"
    async with connect(server.ws_url, query="token=nonsense") as client:
        assert await code_of(client) == 4006
