"""A client is cut off everywhere, and stays out until that is undone."""

from __future__ import annotations

import asyncio
from asyncio import to_thread

import pytest

from tests.clients import ROUTE_UPDATE, connect
from tests.server.conftest import TOKENS_ONLY, Start
from tests.servers import Server
from tests.tokens import token


def bearing(text: str) -> dict[str, object]:
    return {"query": "", "additional_headers": {"Authorization": f"Bearer {text}"}}


async def is_let_in(server: Server, text: str) -> bool:
    async with connect(server.ws_url, **bearing(text)) as client:
        if client.first["type"] == "welcome":
            return True
        assert (await client.until_closed())[1] == 4008
        return False


async def until_let_in(server: Server, text: str) -> None:
    for _ in range(100):
        if await is_let_in(server, text):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("still out")


@pytest.mark.parametrize(("kind", "value"), [("client_id", "tablet-7"), ("token_id", "t-1")])
async def test_who_is_revoked_is_closed_by_every_process_and_stays_out(start: Start, kind: str, value: str) -> None:
    first, second = start(**TOKENS_ONLY), start(**TOKENS_ONLY)
    revoked, other = token(sub="tablet-7", jti="t-1"), token(sub="tablet-8", jti="t-2")
    async with (
        connect(first.ws_url, **bearing(revoked)) as here,
        connect(second.ws_url, "packing", **bearing(revoked)) as there,
        connect(first.ws_url, **bearing(other)) as bystander,
    ):
        await to_thread(first.manage, "revoke", kind, value)
        for client in (here, there):
            frames, code = await client.until_closed()
            assert (code, frames[-1]["payload"]["reconnect"]) == (4008, False)
        assert (await bystander.ask(ROUTE_UPDATE))["type"] == "route_update"
    for server in (first, second):
        assert not await is_let_in(server, revoked)
        assert await is_let_in(server, other)
    # The name stays revoked, under a new token too; of a single token only that one is.
    assert await is_let_in(second, token(sub="tablet-7", jti="t-3")) == (kind == "token_id")
    await to_thread(first.manage, "revoke", kind, value, "--undo")
    for server in (first, second):
        await until_let_in(server, revoked)


async def test_behind_an_open_door_a_name_can_be_revoked_too(start: Start) -> None:
    server = start()
    async with connect(server.ws_url, client_id="broken-scanner") as client:
        await to_thread(server.manage, "revoke", "client_id", "broken-scanner")
        assert (await client.until_closed())[1] == 4008
    async with connect(server.ws_url, client_id="broken-scanner") as client:
        assert client.first["payload"]["code"] == 4008
