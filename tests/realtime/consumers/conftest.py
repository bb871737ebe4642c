from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from channels.testing import WebsocketCommunicator

from realtime.routing import websocket_application
from realtime.server.application import NodeApplication

Connect = Callable[..., WebsocketCommunicator]


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
        return WebsocketCommunicator(application, f"/ws/{endpoint}?{query or f'client_id={client_id}'}")

    return make
