"""The database fails, or the stream begins anew, at the moment that hurts most."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from realtime.log import read
from realtime.log.read import Entry, Head
from realtime.models import Connection
from realtime.node.sockets import SHARES
from realtime.server.application import NodeApplication
from tests.clients import ROUTE_UPDATE
from tests.realtime.consumers.conftest import Connect
from tests.realtime.consumers.test_resume import stored
from tests.realtime.consumers.test_stream import ask, feed_of, receive, welcomed

pytestmark = pytest.mark.django_db(transaction=True)


def fail(*args: object, **kwargs: object) -> None:
    raise OperationalError("the database is away")


async def test_a_resume_that_cannot_be_read_is_sent_away_to_come_back(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch, _ = await stored(communicator, 3)
    feed_of(application).recent.entries.clear()
    monkeypatch.setattr(read, "oldest", fail)
    socket = communicator(query=f"client_id=late&since=1&epoch={epoch}")
    await socket.connect()
    frame = await receive(socket)
    assert (frame["type"], frame["payload"]["code"]) == ("disconnect", 4100)
    assert (await socket.receive_output(timeout=5))["code"] == 4100
    await socket.disconnect()


async def test_a_gap_that_cannot_be_read_is_sent_when_it_can(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stored(communicator, 3)
    socket = communicator()
    await welcomed(socket)
    feed_of(application).recent.entries.clear()
    for each in application.started().sockets:
        vars(each)["offset"] = 1
    with monkeypatch.context() as patch:
        patch.setattr(read, "entries", fail)
        for each in application.started().sockets:
            each.catch_up()
            await vars(each)["catching_up"]
    assert [(await receive(socket))["offset"] for _ in range(2)] == [2, 3]
    await socket.disconnect()


async def test_a_welcome_never_has_the_epoch_of_one_history_and_the_head_of_another(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch, _ = await stored(communicator, 3)
    node, feed = application.started(), feed_of(application)
    write = node.writer.opened

    async def begins_anew(row: Connection, **options: Any) -> None:
        await write(row, **options)
        feed.start_at(Head("another", 1))
        await node.reset("freight")

    monkeypatch.setattr(node.writer, "opened", begins_anew)
    frame = await welcomed(communicator(client_id="late"))
    if frame["type"] == "welcome":
        assert (frame["payload"]["epoch"], frame["payload"]["offset"]) == (epoch, 3)
    else:
        assert frame["payload"]["code"] == 4202


@pytest.mark.parametrize(("query", "replayed"), [("", 0), ("&since=0", 3)])
async def test_what_is_published_while_the_table_is_slow_comes_after_the_welcome(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch, query: str, replayed: int
) -> None:
    await stored(communicator, 3)
    sender = communicator(client_id="sender")
    await welcomed(sender)
    node = application.started()
    write = node.writer.opened

    async def slow(row: Connection, **options: Any) -> None:
        await write(row, **options)
        await ask(sender, ROUTE_UPDATE)
        for _ in range(SHARES):
            await node.check_sockets()
        await asyncio.sleep(0)

    monkeypatch.setattr(node.writer, "opened", slow)
    late = communicator(query=f"client_id=late{query}")
    welcome = await welcomed(late)
    assert (welcome["type"], welcome["payload"].get("replayed")) == ("welcome", replayed)
    assert [(await receive(late))["offset"] for _ in range(replayed + 1)] == list(range(4 - replayed, 5))
    for socket in (late, sender):
        await socket.disconnect()


async def test_what_waits_to_be_written_to_all_is_not_sent_to_one(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = communicator()
    await welcomed(socket)
    feed, node = feed_of(application), application.started()
    monkeypatch.setattr(feed.outbox, "is_more_coming", lambda: True)
    feed.hand_on([Entry(feed.head + 1, '{"n":1}')])
    for _ in range(SHARES):
        await node.check_sockets()
    assert [each.catching_up for each in node.sockets] == [None]
    assert await receive(socket) == {"n": 1}
    await socket.disconnect()
