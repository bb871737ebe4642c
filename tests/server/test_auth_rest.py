"""REST and sockets agree on who may do what."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from asyncio import to_thread
from typing import Any, NamedTuple

from tests.browsers import Browser, create_user
from tests.clients import HEARTBEAT, connect
from tests.servers import Server
from tests.tokens import token

UPDATE = {"endpoint": "freight", "sender": "tms", "type": "route_update", "payload": {"shipment_id": "SH-1"}}


class Answer(NamedTuple):
    status: int
    headers: Any
    body: Any


def call(server: Server, path: str, text: str | None = None, body: object = None) -> Answer:
    headers = {"Authorization": f"Bearer {text}"} if text is not None else {}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {**headers, "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return Answer(response.status, response.headers, json.load(response))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, json.load(error))


async def test_what_one_token_publishes_by_rest_another_receives_on_a_socket(guarded_server: Server) -> None:
    writer = token(sub="tms", kitt={"publish": ["freight"]})
    reader = token(sub="screen", kitt={"subscribe": ["freight"]})
    async with connect(
        guarded_server.ws_url, query="", additional_headers={"Authorization": f"Bearer {reader}"}
    ) as client:
        answer = await to_thread(call, guarded_server, "/api/messages", writer, UPDATE)
        assert answer.status == 201
        assert await client.receive() == answer.body["messages"][0]
        refused = await to_thread(call, guarded_server, "/api/messages", reader, {**UPDATE, "sender": "screen"})
        assert (refused.status, refused.body["code"]) == (403, "forbidden")
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_without_a_token_rest_says_how_to_bring_one(guarded_server: Server) -> None:
    answer = await to_thread(call, guarded_server, "/api/messages?endpoint=freight")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="kitt"')
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_staff_sees_the_connections_after_logging_in(guarded_server: Server) -> None:
    def ask() -> str:
        name = f"office-{guarded_server.port}"
        create_user(guarded_server, name)
        browser = Browser(guarded_server)
        browser.log_in(name)
        return browser.get("/stats")

    assert "total_connections" in await to_thread(ask)
    assert (await to_thread(call, guarded_server, "/stats")).status == 401
