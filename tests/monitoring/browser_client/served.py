"""The scripted server, which also serves the client's files and a page to load them from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from mimetypes import guess_type
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.kitt_client.server import ScriptedServer, port_of
from tests.servers import ROOT

STATIC = ROOT / "monitoring" / "static"


class ServedScript(ScriptedServer):
    page_url = ""

    def check_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path.startswith("/ws/"):
            return super().check_request(connection, request)
        file = STATIC / request.path.removeprefix("/static/")
        body = file.read_bytes() if file.is_file() else b"<!doctype html>"
        kind = guess_type(file.name)[0] or "text/html"
        headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
        return Response(200, "OK", headers, body)


@asynccontextmanager
async def served_script() -> AsyncIterator[ServedScript]:
    scripted = ServedScript()
    options: dict[str, Any] = {"process_request": scripted.check_request, "max_size": None, "close_timeout": 1}
    options["subprotocols"] = ["kitt.v1"]
    async with serve(scripted.handle, "127.0.0.1", 0, **options) as server:
        scripted.url = f"ws://127.0.0.1:{port_of(server)}"
        scripted.page_url = f"http://127.0.0.1:{port_of(server)}/"
        yield scripted
