"""REST and commands beside open sockets, on a real server."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from asyncio import to_thread
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.servers import ROOT, Server

UPDATE = {"endpoint": "freight", "sender": "tms", **ROUTE_UPDATE}


class Answer(NamedTuple):
    status: int
    content_type: str
    body: Any


def call(server: Server, body: object) -> Answer:
    """POST /api/messages"""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/api/messages", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return Answer(response.status, response.headers["Content-Type"], json.load(response))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers["Content-Type"], json.load(error))


async def post(server: Server, body: object) -> Answer:
    return await to_thread(call, server, body)


async def test_what_is_published_by_rest_reaches_sockets_as_it_is_answered(server: Server) -> None:
    async with connect(server.ws_url) as client:
        answer = await post(server, UPDATE)
        assert answer.status == 201
        assert [await client.receive()] == answer.body["messages"]


async def test_a_repeat_is_answered_and_not_broadcast_again(server: Server) -> None:
    message = {**UPDATE, "id": str(uuid.uuid4())}
    async with connect(server.ws_url) as client:
        first, second = await post(server, message), await post(server, message)
        assert (first.status, second.status, second.body) == (201, 200, first.body)
        assert (await client.receive())["id"] == message["id"]
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_a_message_of_a_socket_may_be_repeated_by_rest(server: Server) -> None:
    message = {**ROUTE_UPDATE, "id": str(uuid.uuid4())}
    async with connect(server.ws_url, client_id="tms") as client:
        stored = await client.ask(message)
    answer = await post(server, {"endpoint": "freight", "sender": "tms", **message})
    assert (answer.status, answer.body["messages"]) == (200, [stored])


async def test_a_batch_reaches_sockets_in_its_order(server: Server) -> None:
    batch = {"endpoint": "freight", "sender": "tms", "messages": [ROUTE_UPDATE] * 300}
    async with connect(server.ws_url) as client:
        answer = await post(server, batch)
        assert [await client.receive() for _ in range(300)] == answer.body["messages"]


async def test_of_a_batch_with_a_bad_message_no_socket_sees_anything(server: Server) -> None:
    bad = {"type": "route_update", "payload": {}}
    async with connect(server.ws_url) as client:
        answer = await post(server, {"endpoint": "freight", "sender": "tms", "messages": [ROUTE_UPDATE, bad]})
        assert answer.status == 422
        assert [error["path"] for error in answer.body["errors"]] == ["/messages/1/payload/shipment_id"]
        reply = await client.ask(HEARTBEAT)
    assert (reply["type"], reply["payload"]["offset"]) == ("heartbeat", client.welcome["payload"]["offset"])


async def test_what_a_socket_publishes_is_found_by_rest(server: Server) -> None:
    shipment_id = f"SH-{uuid.uuid4()}"
    async with connect(server.ws_url) as client:
        stored = await client.ask({"type": "route_update", "payload": {"shipment_id": shipment_id}})
    page = await to_thread(server.get, f"/api/messages?endpoint=freight&shipment_id={shipment_id}")
    assert (page["messages"], page["epoch"]) == ([stored], client.welcome["payload"]["epoch"])
    assert await to_thread(server.get, f"/api/messages/freight/{stored['offset']}") == stored


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b'"\\ud800"', b"[" * 100_000, b"\xff"])
async def test_bad_json_is_a_problem(server: Server, body: bytes) -> None:
    answer = await post(server, body)
    assert (answer.status, answer.content_type) == (400, "application/problem+json")
    assert answer.body["code"] == "invalid_json"


@pytest.mark.parametrize("depth", range(700, 1050, 25))
async def test_no_depth_of_nesting_is_a_fault_of_the_server(server: Server, depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    head = json.dumps(UPDATE).encode()[:-2]
    answer = await post(server, head + b',"deep":' + nested + b"}}")
    assert answer.status in (201, 400)


async def test_a_body_that_comes_in_chunks_is_taken(server: Server) -> None:
    def send() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        text = json.dumps(UPDATE).encode()
        connection.request(
            "POST",
            "/api/messages",
            iter([text[:20], text[20:]]),
            {"Content-Type": "application/json"},
            encode_chunked=True,
        )
        status = connection.getresponse().status
        connection.close()
        return status

    assert await to_thread(send) == 201


async def test_a_body_that_is_too_large_is_a_problem(server: Server) -> None:
    answer = await post(server, b" " * (17 * 1024 * 1024))
    assert (answer.status, answer.body["code"]) == (413, "too_large")


async def test_what_a_command_publishes_reaches_open_sockets(server: Server) -> None:
    async with connect(server.ws_url) as client:
        printed = await to_thread(
            server.manage, "publish", "freight", "route_update", "--payload", '{"shipment_id": "SH-1"}'
        )
        assert await client.receive() == json.loads(printed)


@pytest.fixture
def tail(server: Server) -> Iterator[subprocess.Popen[str]]:
    """`manage.py tail` that has begun: it has printed the newest message."""
    call(server, UPDATE)
    newest = server.get("/api/messages?endpoint=freight&limit=1")["head"]
    command = [sys.executable, "manage.py", "tail", "freight", "--since", str(newest - 1)]
    with subprocess.Popen(command, cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["offset"] == newest
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


async def test_a_tail_in_another_process_sees_what_a_socket_publishes(
    server: Server, tail: subprocess.Popen[str]
) -> None:
    async with connect(server.ws_url) as client:
        stored = [await client.ask(ROUTE_UPDATE) for _ in range(3)]
    assert tail.stdout is not None
    assert [json.loads(await to_thread(tail.stdout.readline)) for _ in range(3)] == stored
