"""People who are logged into the admin open sockets from the server's own pages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from tests.browsers import Browser, create_user
from tests.clients import HEARTBEAT, ROUTE_UPDATE, Client, connect
from tests.servers import Server
from tests.tokens import token


@pytest.fixture
def browser(guarded_server: Server) -> Browser:
    return Browser(guarded_server)


def logged_in(browser: Browser, name: str, *permissions: str, **kind: bool) -> Browser:
    name = f"{name}-{uuid.uuid4().hex[:8]}"
    create_user(browser.server, name, *permissions, **kind)
    browser.log_in(name)
    return browser


@asynccontextmanager
async def page(browser: Browser, origin: str | None, **options: Any) -> AsyncIterator[Client]:
    """What a script of a page at this origin gets when it opens a socket: its browser sends the cookies along."""
    headers = {"Cookie": browser.cookies}
    chosen = websockets.Origin(origin) if origin else None
    async with connect(browser.server.ws_url, query="", origin=chosen, additional_headers=headers, **options) as client:
        yield client


async def close_code(client: Client) -> int | None:
    return (await client.until_closed())[1]


async def test_a_superuser_reads_and_publishes_under_a_name_of_its_own(browser: Browser) -> None:
    await asyncio.to_thread(logged_in, browser, "boss", is_superuser=True)
    async with page(browser, browser.server.url) as client:
        assert (await client.ask(ROUTE_UPDATE))["sender"].startswith("user:boss-")


async def test_staff_that_may_look_at_messages_reads(browser: Browser) -> None:
    await asyncio.to_thread(logged_in, browser, "viewer", "view_message")
    async with page(browser, browser.server.url) as client:
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"
        assert (await client.ask(ROUTE_UPDATE))["payload"]["code"] == "forbidden"


async def test_staff_without_a_permission_is_sent_away(browser: Browser) -> None:
    await asyncio.to_thread(logged_in, browser, "nobody")
    async with page(browser, browser.server.url) as client:
        assert await close_code(client) == 4003


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", None])
async def test_a_page_from_elsewhere_cannot_use_its_visitors_login(browser: Browser, origin: str | None) -> None:
    await asyncio.to_thread(logged_in, browser, "victim", is_superuser=True)
    async with page(browser, origin) as client:
        assert await close_code(client) == 4001


async def test_a_page_from_elsewhere_may_bring_a_token(browser: Browser) -> None:
    await asyncio.to_thread(logged_in, browser, "visitor", is_superuser=True)
    offered = [websockets.Subprotocol("kitt.v1"), websockets.Subprotocol(f"kitt.token.{token(sub='screen')}")]
    async with page(browser, "https://dispatch.example", subprotocols=offered) as client:
        assert (await client.ask(ROUTE_UPDATE))["sender"] == "screen"


async def test_who_has_logged_out_is_nobody(browser: Browser) -> None:
    await asyncio.to_thread(logged_in, browser, "leaver", is_superuser=True)
    kept = browser.cookies
    await asyncio.to_thread(browser.log_out)
    origin = websockets.Origin(browser.server.url)
    async with connect(browser.server.ws_url, query="", origin=origin, additional_headers={"Cookie": kept}) as client:
        assert await close_code(client) == 4001
