"""Where a client starts that says what it saw last."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.conf import LazySettings

from realtime.log.append import append
from realtime.models import Message, Stream
from realtime.server.application import NodeApplication
from tests.clients import HEARTBEAT, ROUTE_UPDATE
from tests.realtime.consumers.conftest import Connect
from tests.realtime.consumers.test_stream import ask, receive, welcomed
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)


async def stored(communicator: Connect, count: int) -> tuple[str, list[dict[str, Any]]]:
    """The epoch, and the frames of messages that were stored and seen."""
    socket = communicator()
    epoch = (await welcomed(socket))["payload"]["epoch"]
    frames = [await ask(socket, ROUTE_UPDATE) for _ in range(count)]
    await socket.disconnect()
    return epoch, frames


async def start(communicator: Connect, query: str, expect: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The welcome's payload and the frames that follow, up to the reply to a heartbeat."""
    socket = communicator(query=f"client_id=late&{query}")
    welcome = (await welcomed(socket))["payload"]
    frames = [await receive(socket) for _ in range(expect)]
    assert (await ask(socket, HEARTBEAT))["type"] == "heartbeat"
    await socket.disconnect()
    return welcome, frames


async def test_all_that_was_missed_is_replayed_in_order(communicator: Connect) -> None:
    epoch, frames = await stored(communicator, 5)
    welcome, replayed = await start(communicator, f"since=2&epoch={epoch}", expect=3)
    assert (welcome["recovered"], welcome["replayed"], welcome["offset"]) == (True, 3, 5)
    assert replayed == frames[2:]


async def test_who_missed_nothing_is_recovered_with_nothing(communicator: Connect) -> None:
    epoch, _ = await stored(communicator, 3)
    welcome, _ = await start(communicator, f"since=3&epoch={epoch}", expect=0)
    assert (welcome["recovered"], welcome["replayed"]) == (True, 0)


async def test_a_client_that_never_saw_a_message_gets_all(communicator: Connect) -> None:
    epoch, frames = await stored(communicator, 3)
    for query in (f"since=0&epoch={epoch}", "since=0"):
        assert (await start(communicator, query, expect=3))[1] == frames


@pytest.mark.parametrize("query", ["since=1&epoch=other", "since=1", "since=9&epoch={epoch}"])
async def test_who_cannot_be_served_is_told_and_starts_at_the_head(communicator: Connect, query: str) -> None:
    epoch, _ = await stored(communicator, 3)
    welcome, _ = await start(communicator, query.format(epoch=epoch), expect=0)
    assert (welcome["recovered"], welcome["replayed"], welcome["offset"]) == (False, 0, 3)


async def test_who_has_seen_more_than_this_process_goes_on_where_it_was(
    application: NodeApplication, communicator: Connect, settings: LazySettings
) -> None:
    """As when it comes from a process that died right after it had stored them."""
    settings.KITT = msgspec.structs.replace(settings.KITT, poll_interval=60)
    epoch, _ = await stored(communicator, 2)
    elsewhere = await sync_to_async(append)([[message(number)] for number in range(3)])
    socket = communicator(query=f"client_id=late&since=4&epoch={epoch}")
    welcome = (await welcomed(socket))["payload"]
    assert (welcome["recovered"], welcome["replayed"], welcome["offset"]) == (True, 0, 4)
    await application.started().feeds.poll()
    await application.started().feeds.poll()
    assert await receive(socket) == json.loads(elsewhere[2][0].text)
    assert (await ask(socket, ROUTE_UPDATE))["offset"] == 6
    await socket.disconnect()


async def test_who_missed_too_much_is_told_and_starts_at_the_head(
    communicator: Connect, settings: LazySettings
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_replay=2)
    epoch, _ = await stored(communicator, 4)
    assert not (await start(communicator, f"since=1&epoch={epoch}", expect=0))[0]["recovered"]
    assert (await start(communicator, f"since=2&epoch={epoch}", expect=2))[0]["recovered"]


async def test_who_missed_what_was_pruned_is_told(application: NodeApplication, communicator: Connect) -> None:
    epoch, _ = await stored(communicator, 4)
    feed = application.started().feeds.by_endpoint["freight"]
    await Message.objects.filter(offset__lte=2).adelete()
    feed.recent.entries.clear()
    assert not (await start(communicator, f"since=1&epoch={epoch}", expect=0))[0]["recovered"]
    assert (await start(communicator, f"since=2&epoch={epoch}", expect=2))[0]["recovered"]


@pytest.mark.parametrize(("last", "count"), [(0, 0), (2, 2), (100, 4)])
async def test_last_starts_with_the_newest_messages(communicator: Connect, last: int, count: int) -> None:
    _, frames = await stored(communicator, 4)
    welcome, replayed = await start(communicator, f"last={last}", expect=count)
    assert (welcome["recovered"], welcome["replayed"]) == (False, count)
    assert replayed == frames[4 - count :]


async def test_last_gives_what_there_is_when_the_rest_was_pruned(
    application: NodeApplication, communicator: Connect
) -> None:
    _, frames = await stored(communicator, 4)
    await Message.objects.filter(offset__lte=3).adelete()
    application.started().feeds.by_endpoint["freight"].recent.entries.clear()
    assert (await start(communicator, "last=4", expect=1))[1] == frames[3:]


async def test_a_stream_that_begins_anew_sends_its_clients_away_to_come_back(communicator: Connect) -> None:
    socket = communicator()
    await welcomed(socket)
    await sync_to_async(Stream.objects.filter(endpoint="freight").update)(epoch="another")
    assert (await receive(socket))["payload"]["code"] == 4202
    await socket.disconnect()


async def test_a_repeat_is_answered_to_its_sender_alone(communicator: Connect) -> None:
    sender, other = communicator(client_id="tms"), communicator(client_id="other")
    await welcomed(sender)
    await welcomed(other)
    frame = {**ROUTE_UPDATE, "id": "i-1"}
    first = await ask(sender, frame)
    assert await receive(other) == first
    assert await ask(sender, {**frame, "correlation_id": "again"}) == first
    assert (await ask(other, HEARTBEAT))["type"] == "heartbeat"
    await sender.disconnect()
    await other.disconnect()


async def test_an_id_used_for_another_message_is_a_conflict(communicator: Connect) -> None:
    sender = communicator()
    await welcomed(sender)
    await ask(sender, {**ROUTE_UPDATE, "id": "i-1"})
    other = {"type": "route_update", "payload": {"shipment_id": "SH-2"}, "id": "i-1", "correlation_id": "c-2"}
    refusal = await ask(sender, other)
    assert (refusal["payload"]["code"], refusal["correlation_id"]) == ("conflict", "c-2")
    await sender.disconnect()
