"""An operator disconnects a client from another process, through the table."""

from __future__ import annotations

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.clients import ROUTE_UPDATE, connect
from tests.server.conftest import Start
from tests.servers import Server

PASSWORD = "correct horse battery staple"


class Browser:
    """Keeps cookies, and sends the form token that Django asks for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=10) as response:
            page: str = response.read().decode()
            return page

    def post(self, path: str, fields: dict[str, str]) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token is not None
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(self.server.url + path, body, timeout=10) as response:
            page: str = response.read().decode()
            return page


async def test_the_admin_of_one_process_closes_a_socket_of_another(start: Start) -> None:
    holder, office = start(), start(DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    office.manage("createsuperuser", "--noinput", "--username", "boss", "--email", "boss@example.com")
    browser = Browser(office)
    browser.post("/admin/login/?next=/admin/", {"username": "boss", "password": PASSWORD})
    async with connect(holder.ws_url, client_id="loader-7") as client, connect(holder.ws_url) as other:
        changelist = "/admin/realtime/connection/"
        assert "loader-7" in browser.get(changelist)
        connection_id = client.welcome["payload"]["connection_id"]
        browser.post(changelist, {"action": "disconnect", "_selected_action": connection_id})
        frames, code = await client.until_closed()
        assert (code, frames[-1]["payload"]["reconnect"]) == (4008, False)
        assert (await other.ask(ROUTE_UPDATE))["type"] == "route_update"
    assert "loader-7" not in browser.get(changelist)
