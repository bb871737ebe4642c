"""The consumer inside this process: what needs a fault to be injected, or an event that no client can send."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import LazySettings

from realtime.asgi import Event, Scope
from realtime.consumers import stream
from realtime.log.append import Stored
from realtime.log.read import Entry
from realtime.models import Connection
from realtime.node.feed import Feed
from realtime.protocol.errors import ProtocolError
from realtime.protocol.formats import KITT
from realtime.server.application import NodeApplication
from tests.clients import HEARTBEAT, ROUTE_UPDATE
from tests.realtime.consumers.conftest import Connect

pytestmark = pytest.mark.django_db(transaction=True)

SCOPE: Scope = {
    "type": "websocket",
    "path": "/ws/freight",
    "query_string": b"client_id=a",
    "headers": [],
    "subprotocols": [],
}


async def welcomed(socket: WebsocketCommunicator) -> dict[str, Any]:
    accepted, _ = await socket.connect()
    assert accepted
    return await receive(socket)


async def receive(socket: WebsocketCommunicator) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await socket.receive_from(timeout=5))
    return frame


async def ask(socket: WebsocketCommunicator, frame: dict[str, Any]) -> dict[str, Any]:
    await socket.send_to(text_data=json.dumps(frame))
    return await receive(socket)


def feed_of(application: NodeApplication) -> Feed:
    return application.started().feeds.by_endpoint["freight"]


def hand_on(application: NodeApplication, entry: Entry) -> None:
    """A message that is not in the log."""
    feed_of(application).hand_on([entry])


async def everything_written(application: NodeApplication) -> None:
    node = application.started()
    await node.writer.flush()
    # What the writer's own loop took first is written before this: there is one thread.
    await node.database.run(lambda: None)


async def test_a_sender_gets_its_own_copy(communicator: Connect) -> None:
    socket = communicator()
    await welcomed(socket)
    assert (await ask(socket, ROUTE_UPDATE))["sender"] == "test"
    await socket.disconnect()


async def test_a_handler_that_raises_costs_one_message(communicator: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(batch: object) -> None:
        raise ZeroDivisionError

    socket, other = communicator(), communicator(client_id="other")
    await welcomed(socket)
    await welcomed(other)
    with monkeypatch.context() as patch:
        patch.setattr(stream, "publish", fail)
        reply = await ask(socket, {**ROUTE_UPDATE, "correlation_id": "c-1"})
    assert (reply["payload"]["code"], reply["payload"]["retryable"]) == ("internal", True)
    await socket.send_to(text_data=json.dumps(ROUTE_UPDATE))
    assert (await receive(socket))["type"] == (await receive(other))["type"] == "route_update"
    await socket.disconnect()
    await other.disconnect()


async def test_an_internal_fault_is_logged_with_its_traceback_and_not_told(
    communicator: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(batch: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(stream, "publish", fail)
    socket = communicator()
    await welcomed(socket)
    assert "secret" not in str(await ask(socket, ROUTE_UPDATE))
    assert any(record.exc_info for record in caplog.records)
    await socket.disconnect()


@pytest.mark.parametrize("event_type", ["no.such.handler", "close_with", "leave", "websocket_disconnect"])
async def test_a_layer_event_of_any_other_type_is_ignored(
    application: NodeApplication, communicator: Connect, event_type: str
) -> None:
    socket = communicator()
    await welcomed(socket)
    await get_channel_layer().group_send(feed_of(application).editions[KITT].group, {"type": event_type})
    assert (await ask(socket, HEARTBEAT))["type"] == "heartbeat"
    await socket.disconnect()


async def test_what_a_socket_missed_is_sent_before_anything_later(
    application: NodeApplication, communicator: Connect
) -> None:
    socket = communicator()
    await welcomed(socket)
    own = [await ask(socket, ROUTE_UPDATE) for _ in range(3)]
    late = communicator(query=f"client_id=late&since={own[2]['offset']}&epoch={feed_of(application).epoch}")
    await welcomed(late)
    for each in application.started().sockets:
        vars(each)["offset"] = own[0]["offset"]
    hand_on(application, Entry(own[2]["offset"] + 1, '{"n":4}'))
    assert [await receive(late) for _ in range(3)] == [*own[1:], {"n": 4}]
    await late.disconnect()
    await socket.disconnect()


async def test_a_hole_that_the_log_cannot_fill_closes_the_socket(
    application: NodeApplication, communicator: Connect
) -> None:
    socket = communicator()
    head = (await welcomed(socket))["payload"]["offset"]
    hand_on(application, Entry(head + 2, "{}"))
    assert (await receive(socket))["payload"]["code"] == 4102
    assert (await socket.receive_output(timeout=5))["code"] == 4102
    await socket.disconnect()


async def test_a_message_is_delivered_once_however_often_the_layer_brings_it(
    application: NodeApplication, communicator: Connect
) -> None:
    socket = communicator()
    head = (await welcomed(socket))["payload"]["offset"]
    for _ in range(3):
        hand_on(application, Entry(head + 1, '{"n":1}'))
    assert await receive(socket) == {"n": 1}
    assert (await ask(socket, HEARTBEAT))["type"] == "heartbeat"
    await socket.disconnect()


async def test_a_row_is_written_before_the_welcome_and_closed_after_the_end(
    application: NodeApplication, communicator: Connect
) -> None:
    socket = communicator(client_id="loader-7")
    welcome = await welcomed(socket)
    row = await Connection.objects.aget(client_id="loader-7")
    assert (str(row.pk), row.endpoint, row.closed_at) == (welcome["payload"]["connection_id"], "freight", None)
    await socket.disconnect(code=1001)
    await everything_written(application)
    assert (await Connection.objects.aget(pk=row.pk)).close_code == 1001


async def test_a_cancelled_consumer_says_goodbye(communicator: Connect) -> None:
    socket = communicator()
    await welcomed(socket)
    socket.future.cancel()
    await asyncio.wait([socket.future], timeout=5)
    goodbye, close = socket.output_queue.get_nowait(), socket.output_queue.get_nowait()
    assert json.loads(goodbye["text"])["payload"]["code"] == 4200
    assert (close["type"], close["code"]) == ("websocket.close", 4200)


async def test_a_send_that_never_returns_ends_the_consumer(
    application: NodeApplication, settings: LazySettings
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, send_timeout=0.05)
    inbound: asyncio.Queue[Event] = asyncio.Queue()
    inbound.put_nowait({"type": "websocket.connect"})

    async def send(event: Event) -> None:
        if event["type"] == "websocket.send":
            await asyncio.Event().wait()

    consumer = asyncio.ensure_future(application(SCOPE.copy(), inbound.get, send))
    await asyncio.wait([consumer], timeout=5)
    assert consumer.done()
    await everything_written(application)
    assert (await Connection.objects.aget()).close_code == 4102


async def test_a_send_to_a_socket_that_is_gone_is_no_fault(application: NodeApplication) -> None:
    inbound: asyncio.Queue[Event] = asyncio.Queue()
    for event in ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}):
        inbound.put_nowait(event)

    async def send(event: Event) -> None:
        if event["type"] == "websocket.send":
            raise RuntimeError("Unexpected ASGI message 'websocket.send'")

    async with asyncio.timeout(5):
        await application(SCOPE.copy(), inbound.get, send)


async def test_a_sender_with_too_many_uncommitted_messages_is_paused(
    application: NodeApplication, communicator: Connect, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_uncommitted=2, rate_limit=0)
    handed_over: list[Future[list[Stored]]] = []

    def never_committed(batch: object) -> Future[list[Stored]]:
        handed_over.append(Future())
        return handed_over[-1]

    monkeypatch.setattr(stream, "publish", never_committed)
    socket = communicator()
    await welcomed(socket)
    for _ in range(5):
        await socket.send_to(text_data=json.dumps(ROUTE_UPDATE))
    assert await socket.receive_nothing(timeout=0.1)
    assert len(handed_over) == 2
    handed_over[0].set_exception(ProtocolError("upstream_unavailable"))
    assert (await receive(socket))["payload"]["code"] == "upstream_unavailable"
    assert await socket.receive_nothing(timeout=0.1)
    assert len(handed_over) == 3
    for done in handed_over[1:]:
        done.set_exception(ProtocolError("upstream_unavailable"))
    await socket.disconnect()
