"""A client that does not read harms itself alone."""

from __future__ import annotations

import asyncio
import base64
import os

from tests.clients import connect
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

MESSAGES = 400
CLOSED = "SELECT close_code FROM realtime_connection WHERE client_id = 'sleeper'"


async def sleeper(server: Server) -> asyncio.StreamWriter:
    """A client that shakes hands and never reads again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ws/freight?client_id=sleeper HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return writer


async def test_under_serve_it_is_closed_and_the_others_have_everything(start_kind: Start) -> None:
    server = start_kind("serve", KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    frame = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
    async with connect(server.ws_url) as client:
        writer = await sleeper(server)
        for _ in range(MESSAGES):
            await client.send(frame)
        offsets = [(await client.receive())["offset"] for _ in range(MESSAGES)]
        await until(lambda: server.rows(CLOSED) == [(4102,)])
        writer.close()
    first = client.welcome["payload"]["offset"] + 1
    assert offsets == list(range(first, first + MESSAGES))
    assert "Traceback" not in server.log.read_text()
