from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import pytest
from channels.testing import WebsocketCommunicator

from realtime.routing import websocket_application
from realtime.server.application import NodeApplication
from tests.frame_schemas import check

Connect = Callable[..., WebsocketCommunicator]


class CheckedCommunicator(WebsocketCommunicator):
    """Holds every frame against the published schemas."""

    async def receive_from(self, timeout: float = 1) -> str:  # noqa: ASYNC109  its name in Channels
        text = await super().receive_from(timeout)
        frame = json.loads(text)
        if "type" in frame:  # Some tests hand on entries that are no messages.
            check(frame)
        return str(text)


@pytest.fixture
async def application() -> AsyncIterator[NodeApplication]:
    """The WebSocket side of KITT with a node of its own, stopped at the end."""
    application = NodeApplication(websocket_application())
    yield application
    if application.node is not None:
        await application.node.stop()


@pytest.fixture
def communicator(application: NodeApplication) -> Connect:
    """`communicator("freight", "me")` has not connected yet."""

    def make(endpoint: str = "freight", client_id: str = "test", query: str = "") -> WebsocketCommunicator:
        return CheckedCommunicator(application, f"/ws/{endpoint}?{query or f'client_id={client_id}'}")

    return make
