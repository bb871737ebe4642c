"""Whatever the layer loses, every subscriber gets everything in order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import LazySettings

from tests.realtime.consumers.conftest import Connect

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = 30
SUBSCRIBERS = 5


@pytest.fixture(params=["LossyLayer", "BrokenLayer"])
def bad_layer(request: pytest.FixtureRequest, settings: LazySettings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"tests.realtime.lossy.{request.param}"}}


async def receive(socket: WebsocketCommunicator) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await socket.receive_from(timeout=10))
    return frame


@pytest.mark.usefixtures("bad_layer")
async def test_every_subscriber_gets_every_message_in_order(communicator: Connect) -> None:
    sockets = [communicator(client_id=f"c{n}") for n in range(SUBSCRIBERS)]
    for socket in sockets:
        await socket.connect()
    heads = [(await receive(socket))["payload"]["offset"] for socket in sockets]
    for number in range(MESSAGES):
        payload = {"shipment_id": f"SH-{number}"}
        await sockets[0].send_to(text_data=json.dumps({"type": "route_update", "payload": payload}))
    for socket, head in zip(sockets, heads, strict=True):
        frames = [await receive(socket) for _ in range(MESSAGES)]
        assert [frame["offset"] for frame in frames] == list(range(head + 1, head + 1 + MESSAGES))
        assert [frame["payload"]["shipment_id"] for frame in frames] == [f"SH-{n}" for n in range(MESSAGES)]
    for socket in sockets:
        await socket.disconnect()
