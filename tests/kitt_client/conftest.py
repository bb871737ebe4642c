"""A scripted server, and clients that come back quickly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitt_client import Backoff, Kitt
from tests.kitt_client.server import ScriptedServer, scripted_server

QUICK = Backoff(base=0.001, cap=0.01, least=0.001, jitter=0.001)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as scripted:
        yield scripted


@pytest.fixture
async def kitt(server: ScriptedServer) -> AsyncIterator[Kitt]:
    async with Kitt(server.url, client_id="tms", backoff=QUICK, queue_size=4) as client:
        yield client
