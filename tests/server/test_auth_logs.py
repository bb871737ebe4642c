"""No part of a token reaches a log, wherever the token stood and whatever the server writes by itself."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from asyncio import to_thread
from typing import Any

import pytest
import websockets

from tests.clients import HEARTBEAT, connect
from tests.server.conftest import TOKENS_ONLY, Start
from tests.servers import Server
from tests.tokens import token

# In the claims, so that a line that shows them decoded would be found as well.
MARK = "zebra-7714"


def parts(text: str) -> list[str]:
    """What must not be seen: any sixteen characters of a token, in steps of eight."""
    return [text[start : start + 16] for start in range(0, len(text) - 15, 8)]


async def use_everywhere(server: Server, text: str) -> None:
    offered = [websockets.Subprotocol("kitt.v1"), websockets.Subprotocol(f"kitt.token.{text}")]
    places: list[dict[str, Any]] = [
        {"query": f"token={text}"},
        {"query": f"client_id=tms&token={text}&last=1"},
        {"query": "", "subprotocols": offered},
        {"query": "", "additional_headers": {"Authorization": f"Bearer {text}"}},
    ]
    for place in places:
        async with connect(server.ws_url, **place) as client:
            if client.first["type"] == "welcome":
                await client.ask(HEARTBEAT)
    for path in ("/ws/nothing", "/"):
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(f"{server.ws_url}{path}?token={text}", subprotocols=offered)


def ask_everywhere(server: Server, text: str) -> str:
    """The bodies of the answers."""
    bodies = ""
    for path in ("/", "/stats", "/api/messages", "/nothing", "/admin/nothing", "/api/messages?endpoint=freight"):
        url = f"{server.url}{path}{'&' if '?' in path else '?'}token={text}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {text}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                bodies += response.read().decode()
        except urllib.error.HTTPError as error:
            bodies += error.read().decode()
    return bodies


@pytest.mark.parametrize("kind", ["runserver", "serve", "daphne", "uvicorn"])
@pytest.mark.parametrize("is_good", [True, False])
async def test_no_part_of_a_token_is_in_a_log_or_an_answer(start_kind: Start, kind: str, is_good: bool) -> None:
    server = start_kind(kind, **TOKENS_ONLY, LOG_LEVEL="DEBUG")
    text = token(sub="tms", note=MARK, **({} if is_good else {"exp": int(time.time()) - 3600}))
    await use_everywhere(server, text)
    answered = await to_thread(ask_everywhere, server, text)
    server.stop()
    logs = "".join(log.read_text() for log in (server.log, *server.log.parent.glob("kitt.log*")))
    assert "/ws/freight" in logs or "endpoint=freight" in logs
    for shown in (logs, answered):
        assert [part for part in [*parts(text), MARK] if part in shown] == []
