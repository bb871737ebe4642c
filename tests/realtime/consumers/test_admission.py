"""The gate, where it cannot tell who somebody is."""

from __future__ import annotations

import json
import threading
from typing import Any

import msgspec
import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from realtime.consumers import admission
from tests.realtime.consumers.conftest import Connect
from tests.waiting import TIMEOUT_S

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def tokens_only(settings: Settings) -> None:
    """Without a key: that is what is wrong here."""
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="token")


async def goodbye(socket: WebsocketCommunicator) -> tuple[list[str], int]:
    """The codes of the errors before the close, and that of the close."""
    accepted, _ = await socket.connect()
    assert accepted
    errors, frame = [], await receive(socket)
    while frame["type"] == "error":
        errors.append(frame["payload"]["code"])
        frame = await receive(socket)
    await socket.disconnect()
    return errors, frame["payload"]["code"]


async def receive(socket: WebsocketCommunicator) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await socket.receive_from(timeout=5))
    return frame


async def test_a_server_that_has_no_key_asks_to_come_back_later(communicator: Connect) -> None:
    assert await goodbye(communicator(query="token=a.b.c")) == (["internal"], 4100)


async def test_a_database_that_does_not_say_whose_session_it_is_asks_to_come_back_later(
    communicator: Connect, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, connect_timeout=0.2)
    answer = threading.Event()
    monkeypatch.setattr(admission, "session_identity", lambda scope: answer.wait(TIMEOUT_S))
    assert await goodbye(communicator()) == ([], 4100)
    answer.set()


async def test_who_brings_neither_token_nor_session_is_told_so(communicator: Connect) -> None:
    assert await goodbye(communicator()) == (["unauthorized"], 4001)
