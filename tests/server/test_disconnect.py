"""An operator disconnects a client from another process, through the table."""

from __future__ import annotations

from tests.browsers import Browser, create_user
from tests.clients import ROUTE_UPDATE, connect
from tests.server.conftest import Start


async def test_the_admin_of_one_process_closes_a_socket_of_another(start: Start) -> None:
    holder, office = start(), start()
    create_user(office, "boss", is_superuser=True)
    browser = Browser(office)
    browser.log_in("boss")
    async with connect(holder.ws_url, client_id="loader-7") as client, connect(holder.ws_url) as other:
        changelist = "/admin/realtime/connection/"
        assert "loader-7" in browser.get(changelist)
        connection_id = client.welcome["payload"]["connection_id"]
        browser.post(changelist, {"action": "disconnect", "_selected_action": connection_id})
        frames, code = await client.until_closed()
        assert (code, frames[-1]["payload"]["reconnect"]) == (4008, False)
        assert (await other.ask(ROUTE_UPDATE))["type"] == "route_update"
    assert "loader-7" not in browser.get(changelist)
