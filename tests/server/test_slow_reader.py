"""A client that does not read harms itself alone."""

from __future__ import annotations

from tests.clients import connect
from tests.raw_socket import open_socket
from tests.server.conftest import Start
from tests.waiting import until

MESSAGES = 400
CLOSED = "SELECT close_code FROM realtime_connection WHERE client_id = 'sleeper'"


async def test_under_serve_it_is_closed_and_the_others_have_everything(start_kind: Start) -> None:
    server = start_kind("serve", KITT_SEND_TIMEOUT="1", KITT_RATE_LIMIT="0")
    frame = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
    async with connect(server.ws_url) as client, open_socket(server, client_id="sleeper", slow=True):
        for _ in range(MESSAGES):
            await client.send(frame)
        offsets = [(await client.receive())["offset"] for _ in range(MESSAGES)]
        await until(lambda: server.rows(CLOSED) == [(4102,)])
    first = client.welcome["payload"]["offset"] + 1
    assert offsets == list(range(first, first + MESSAGES))
    assert "Traceback" not in server.log.read_text()
