"""What a server counts is what its clients did."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.metrics import scrape
from tests.server.conftest import Start
from tests.waiting import until

MESSAGES, SUBSCRIBERS = 20, 5


async def test_every_message_and_every_delivery_is_counted_once(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="0")
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(connect(server.ws_url, client_id=f"c{number}"))
            for number in range(SUBSCRIBERS)
        ]
        for _ in range(MESSAGES):
            await clients[0].send(ROUTE_UPDATE)
        await clients[1].ask(HEARTBEAT)
        for client in clients:
            frames = [await client.receive_type("route_update") for _ in range(MESSAGES)]
        size = sum(len(json.dumps(frame, separators=(",", ":"))) for frame in frames)
        kind = {"endpoint": "freight", "type": "route_update"}
        await until(lambda: scrape(server).get("kitt_messages_out_total", **kind) == MESSAGES * SUBSCRIBERS)
        found = scrape(server)
    assert found.get("kitt_connections", endpoint="freight") == SUBSCRIBERS
    assert found.get("kitt_messages_in_total", **kind) == MESSAGES
    assert found.get("kitt_messages_in_total", endpoint="freight", type="heartbeat") == 1
    assert found.get("kitt_messages_stored_total", **kind) == MESSAGES
    assert found.get("kitt_messages_out_total", endpoint="freight", type="welcome") == SUBSCRIBERS
    assert found.get("kitt_bytes_in_total", endpoint="freight") == MESSAGES * len(json.dumps(ROUTE_UPDATE)) + len(
        json.dumps(HEARTBEAT)
    )
    # Welcomes and the heartbeat's reply besides.
    assert size * SUBSCRIBERS < found.get("kitt_bytes_out_total", endpoint="freight") < size * SUBSCRIBERS + 3000
    assert found.get("kitt_commit_messages_sum") == MESSAGES
    assert 1 <= found.get("kitt_commit_seconds_count") == found.get("kitt_commit_messages_count") <= MESSAGES
    assert found.get("kitt_delivery_seconds_count", endpoint="freight", origin="here") == MESSAGES
    assert 0 < found.get("kitt_delivery_seconds_sum", endpoint="freight", origin="here") < MESSAGES * 15


async def test_a_message_that_is_sent_again_is_stored_once_and_answered_to_its_sender_alone(start: Start) -> None:
    server = start()
    async with connect(server.ws_url, client_id="a") as sender, connect(server.ws_url, client_id="b"):
        for _ in range(2):
            await sender.send({**ROUTE_UPDATE, "id": "one"})
            await sender.receive_type("route_update")
        kind = {"endpoint": "freight", "type": "route_update"}
        await until(lambda: scrape(server).get("kitt_messages_out_total", **kind) == 3)
        found = scrape(server)
    assert found.get("kitt_messages_in_total", **kind) == 2
    assert found.get("kitt_messages_stored_total", **kind) == 1


async def test_what_is_refused_is_counted_by_its_code(start: Start) -> None:
    server = start(KITT_ALLOWED_ORIGINS="https://good.example")
    async with connect(server.ws_url) as client:
        await client.ask("{")
        await client.ask({**ROUTE_UPDATE, "type": "nothing"})
        await client.ask({**ROUTE_UPDATE, "type": "nothing"})
        found = scrape(server)
    assert found.get("kitt_refused_messages_total", endpoint="freight", code="invalid_json") == 1
    assert found.get("kitt_refused_messages_total", endpoint="freight", code="unknown_type") == 2
    assert found.get("kitt_messages_in_total", endpoint="freight", type="route_update") == 0
    async with connect(server.ws_url, query="client_id=!") as nobody:
        await nobody.until_closed()
    with pytest.raises(Exception, match="403"):
        async with connect(server.ws_url, origin="https://bad.example"):
            pass
    found = scrape(server)
    assert found.get("kitt_refused_connections_total", endpoint="freight", code="4006") == 1
    assert found.get("kitt_refused_connections_total", endpoint="", code="403") == 1
    # They were never let in.
    assert found.get("kitt_disconnects_total", endpoint="freight", code="4006") == 0


async def test_disconnects_are_counted_by_code_and_codes_of_a_clients_own_share_one(start: Start) -> None:
    server = start(KITT_MAX_BAD_FRAMES="1")
    for code in (1000, 3999, 4999):
        async with connect(server.ws_url) as client:
            await client.socket.close(code)
    async with connect(server.ws_url) as client:
        await client.send("{")
        await client.until_closed()
    async with connect(server.ws_url) as client:
        client.socket.transport.abort()
    await until(lambda: scrape(server).get("kitt_connections", endpoint="freight") == 0)
    found = scrape(server)
    counted = [found.get("kitt_disconnects_total", endpoint="freight", code=code) for code in ("1000", "4005", "other")]
    assert counted == [1, 1, 2]
    # What broke off is 1005 to one server, and 1006 to another.
    assert found.total("kitt_disconnects_total") == 5


async def test_recoveries_are_counted_by_outcome(start: Start) -> None:
    server = start()
    async with connect(server.ws_url, query="client_id=a") as client:
        await client.ask(ROUTE_UPDATE)
        epoch = client.welcome["payload"]["epoch"]
    for query in (f"since=1&epoch={epoch}", "since=0", "since=1&epoch=another", "last=1"):
        async with connect(server.ws_url, query=f"client_id=a&{query}"):
            pass
    found = scrape(server)
    assert found.get("kitt_recoveries_total", endpoint="freight", recovered="true") == 2
    assert found.get("kitt_recoveries_total", endpoint="freight", recovered="false") == 1


async def test_what_only_the_log_brings_is_counted_as_a_repair(start: Start) -> None:
    server = start()
    message = json.dumps({"shipment_id": "SH-1"})
    async with connect(server.ws_url) as client:
        server.manage("publish", "freight", "route_update", "--payload", message)
        await client.receive_type("route_update")
        assert scrape(server).get("kitt_gap_repairs_total", endpoint="freight") == 1


async def test_sweeps_and_what_they_find_are_counted(start: Start) -> None:
    server = start(KITT_SWEEP_INTERVAL="0.1")
    await until(lambda: scrape(server).get("kitt_sweeps_total") >= 3)
    assert scrape(server).get("kitt_swept_connections_total", action="reaped") == 0


async def test_the_fullest_write_buffer_is_that_of_a_client_that_does_not_read(start_kind: Start) -> None:
    server = start_kind("serve", KITT_RATE_LIMIT="0")
    assert scrape(server).get("kitt_write_buffer_max_bytes") == 0
    large = {"type": "route_update", "payload": {"shipment_id": "SH-1", "filling": "x" * 60_000}}
    async with connect(server.ws_url, client_id="deaf") as deaf, connect(server.ws_url, client_id="a") as sender:
        deaf.socket.transport.pause_reading()
        sent = 0
        while scrape(server).get("kitt_write_buffer_max_bytes") == 0:
            assert sent < 1000, "it is nowhere to be seen"
            for _ in range(20):
                await sender.ask(large)
            sent += 20
        deaf.socket.transport.abort()
