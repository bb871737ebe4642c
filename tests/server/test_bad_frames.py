"""A mistake costs one message, not the connection."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.server.conftest import Start
from tests.servers import Server

NOT_JSON = {
    "no JSON": "{bad",
    "empty text": "",
    "a binary frame": b'{"type":"heartbeat","payload":{}}',
    "60,000 nested brackets": "[" * 60_000,
    "NaN": '{"type":"heartbeat","payload":{"a":NaN}}',
    "infinity": '{"type":"heartbeat","payload":{"a":Infinity}}',
    "a lone surrogate": r'{"type":"heartbeat","payload":{"a":"\ud800 "}}',
    "two objects": "{}{}",
}
NOT_AN_ENVELOPE = {
    "an array": "[]",
    "a number": "1",
    "null": "null",
    "no type": '{"payload":{}}',
    "no payload": '{"type":"heartbeat"}',
    "a payload that is an array": '{"type":"heartbeat","payload":[]}',
    "a type that is a number": '{"type":1,"payload":{}}',
    "a timestamp without an offset": '{"type":"heartbeat","payload":{},"timestamp":"2025-01-19T10:00:00"}',
    "an empty correlation_id": '{"type":"heartbeat","payload":{},"correlation_id":""}',
    "an offset": '{"type":"heartbeat","payload":{},"offset":1}',
    "a sender": '{"type":"heartbeat","payload":{},"sender":"me"}',
}
REFUSED = [
    *[pytest.param(frame, "invalid_json", id=name) for name, frame in NOT_JSON.items()],
    *[pytest.param(frame, "invalid_envelope", id=name) for name, frame in NOT_AN_ENVELOPE.items()],
    pytest.param('{"type":"teleport","payload":{}}', "unknown_type", id="an unknown type"),
    pytest.param('{"type":"welcome","payload":{}}', "unknown_type", id="a type of the server's"),
    pytest.param('{"type":"notification","payload":{"title":"x"}}', "wrong_endpoint", id="another endpoint's type"),
    pytest.param('{"type":"route_update","payload":{}}', "validation_failed", id="a required field missing"),
    pytest.param(json.dumps({**ROUTE_UPDATE, "pad": "x" * 65 * 1024}), "too_large", id="65 KiB"),
]


@pytest.mark.parametrize(("frame", "code"), REFUSED)
async def test_a_bad_frame_is_answered_and_the_socket_stays_open(server: Server, frame: str | bytes, code: str) -> None:
    async with connect(server.ws_url) as client:
        reply = await client.ask(frame)
        assert (reply["type"], reply["payload"]["code"]) == ("error", code)
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_100_000_nested_brackets_are_answered(server: Server) -> None:
    async with connect(server.ws_url, "packing") as client:
        reply = await client.ask('{"type":"packing_result","payload":' + "[" * 100_000)
        assert reply["payload"]["code"] == "invalid_json"
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_while_one_client_sends_rubbish_the_others_keep_receiving(server: Server) -> None:
    async with connect(server.ws_url, client_id="bad") as bad, connect(server.ws_url, client_id="good") as good:
        for frame in ("{bad", b"\x00", "[" * 60_000, ""):
            await bad.ask(frame)
            assert (await good.ask(ROUTE_UPDATE))["sender"] == "good"
            assert (await bad.receive())["sender"] == "good"


async def test_ten_bad_frames_in_a_row_close_the_connection(server: Server) -> None:
    async with connect(server.ws_url) as client:
        for _ in range(10):
            await client.send("{bad")
        frames, code = await client.until_closed()
    assert [frame["type"] for frame in frames] == ["error"] * 10 + ["disconnect"]
    assert (code, frames[-1]["payload"]["code"], frames[-1]["payload"]["reconnect"]) == (4005, 4005, False)


async def test_a_good_frame_starts_the_count_of_bad_ones_anew(server: Server) -> None:
    async with connect(server.ws_url) as client:
        for frame in ["{bad"] * 9 + [HEARTBEAT] + ["{bad"] * 9:
            await client.ask(frame)
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"


async def test_every_offending_field_is_named(server: Server) -> None:
    item: dict[str, Any] = {"width": 0, "height": 40, "depth": 30}
    payload = {"shipment_id": "SH-1", "origin": "Chicago", "destination": "Dallas", "items": [item], "priority": "soon"}
    async with connect(server.ws_url) as client:
        reply = await client.ask({"type": "shipment_request", "payload": payload, "correlation_id": "c-1"})
    paths = {error["path"] for error in reply["payload"]["errors"]}
    assert paths == {"/items/0/width", "/items/0/weight", "/priority"}
    assert (reply["correlation_id"], reply["payload"]["rejected_type"]) == ("c-1", "shipment_request")


async def test_a_refused_frame_is_one_line_in_the_log_and_no_traceback(server: Server) -> None:
    async with connect(server.ws_url, client_id="log-reader") as client:
        await client.ask('{"type":"teleport\\n","payload":{}}')
    lines = [line for line in server.log.read_text().splitlines() if "log-reader" in line and "refused" in line]
    assert len(lines) == 1
    assert "code=unknown_type" in lines[0]
    assert "Traceback" not in server.log.read_text()


async def test_too_many_messages_are_refused_and_can_be_sent_again(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="1", KITT_RATE_BURST="2")
    async with connect(server.ws_url) as client:
        replies = [await client.ask({**ROUTE_UPDATE, "correlation_id": f"c-{n}"}) for n in range(3)]
    assert [reply["type"] for reply in replies] == ["route_update", "route_update", "error"]
    assert replies[2]["correlation_id"] == "c-2"
    assert (replies[2]["payload"]["code"], replies[2]["payload"]["retryable"]) == ("rate_limited", True)


async def test_a_flood_closes_the_connection(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="1", KITT_RATE_BURST="1", KITT_MAX_RATE_LIMITED="5")
    async with connect(server.ws_url) as client:
        for _ in range(20):
            await client.send(ROUTE_UPDATE)
        frames, code = await client.until_closed()
    assert (code, frames[-1]["payload"]["reconnect"]) == (4101, True)
    assert frames[-1]["payload"]["retry_after_ms"] >= 1000
