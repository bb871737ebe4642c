"""The database fails, or the stream begins anew, at the moment that hurts most."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from realtime.log import read
from realtime.log.read import Head
from realtime.models import Connection
from realtime.server.application import NodeApplication
from tests.realtime.consumers.conftest import Connect
from tests.realtime.consumers.test_resume import stored
from tests.realtime.consumers.test_stream import feed_of, receive, welcomed

pytestmark = pytest.mark.django_db(transaction=True)


def fail(*args: object, **kwargs: object) -> None:
    raise OperationalError("the database is away")


@pytest.mark.parametrize("read_of", ["oldest", "entries"])
async def test_a_resume_that_cannot_be_read_is_sent_away_to_come_back(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch, read_of: str
) -> None:
    epoch, _ = await stored(communicator, 3)
    feed_of(application).recent.entries.clear()
    monkeypatch.setattr(read, read_of, fail)
    socket = communicator(query=f"client_id=late&since=1&epoch={epoch}")
    await socket.connect()
    frame = await receive(socket)
    if frame["type"] == "welcome":
        frame = await receive(socket)
    assert (frame["type"], frame["payload"]["code"]) == ("disconnect", 4100)
    assert (await socket.receive_output(timeout=5))["code"] == 4100
    await socket.disconnect()


async def test_a_gap_that_cannot_be_read_is_sent_away_to_come_back(
    application: NodeApplication, communicator: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stored(communicator, 3)
    socket = communicator()
    await welcomed(socket)
    feed_of(application).recent.entries.clear()
    for each in application.started().sockets:
        vars(each)["offset"] = 1
    monkeypatch.setattr(read, "entries", fail)
    assert (await receive(socket))["payload"]["code"] == 4100
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
