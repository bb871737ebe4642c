"""A token for each connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from kitt_client import Kitt, Refused
from kitt_client import link as link_module
from tests.kitt_client.conftest import QUICK
from tests.kitt_client.server import Peer, ScriptedServer

ROUTE = {"shipment_id": "SH-1"}


def numbered() -> Callable[[], Awaitable[str]]:
    """A function that gives t1, t2, t3 …"""
    given = 0

    async def fetch() -> str:
        nonlocal given
        given += 1
        return f"t{given}"

    return fetch


async def publish(kitt: Kitt) -> int:
    return (await kitt.publish("freight", "route_update", ROUTE)).offset


def brought(server: ScriptedServer) -> list[str | None]:
    return [peer.headers.get("Authorization") for peer in server.peers]


async def runs_out(peer: Peer) -> None:
    await peer.disconnect(4203, retry_after_ms=0)


async def test_a_text_is_sent_with_every_connection(server: ScriptedServer) -> None:
    server.plans.append(runs_out)
    async with Kitt(server.url, client_id="tms", token="t", backoff=QUICK) as kitt:
        assert await publish(kitt) == 1
    assert brought(server) == ["Bearer t", "Bearer t"]


async def test_without_a_token_none_is_sent(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms", backoff=QUICK) as kitt:
        await publish(kitt)
    assert brought(server) == [None]


async def test_a_token_that_runs_out_is_replaced_by_a_fresh_one(server: ScriptedServer) -> None:
    server.plans.append(runs_out)
    async with Kitt(server.url, client_id="tms", token=numbered(), backoff=QUICK) as kitt:
        assert await publish(kitt) == 1
    assert brought(server) == ["Bearer t1", "Bearer t2"]


async def test_a_subscriber_misses_nothing_when_its_token_runs_out(server: ScriptedServer) -> None:
    async with (
        Kitt(server.url, client_id="tms", token=numbered(), backoff=QUICK) as kitt,
        kitt.subscribe("freight") as messages,
    ):
        await server.store("m1")
        await runs_out(await server.peer(0))
        await server.store("m2")
        assert [(await anext(messages)).offset, (await anext(messages)).offset] == [1, 2]
    assert brought(server) == ["Bearer t1", "Bearer t2"]


async def test_each_endpoint_asks_for_a_token_of_its_own(server: ScriptedServer) -> None:
    async with Kitt(server.url, client_id="tms", token=numbered(), backoff=QUICK) as kitt:
        await publish(kitt)
        await kitt.publish("packing", "packing_result", ROUTE)
    assert brought(server) == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize("code", [4001, 4003, 4008])
async def test_a_fresh_token_is_not_tried_after_a_refusal(server: ScriptedServer, code: int) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.disconnect(code)

    server.plans.append(refuse)
    async with Kitt(server.url, client_id="tms", token=numbered(), backoff=QUICK) as kitt:
        with pytest.raises(Refused, match=str(code)):
            await publish(kitt)
    assert brought(server) == ["Bearer t1"]


async def test_a_function_that_fails_is_asked_again(server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    failures = [OSError("the login is away"), KeyError("token")]

    async def fetch() -> str:
        if failures:
            raise failures.pop(0)
        return "t"

    async with Kitt(server.url, client_id="tms", token=fetch, backoff=QUICK) as kitt:
        assert await publish(kitt) == 1
    assert brought(server) == ["Bearer t"]
    assert "the login is away" in caplog.text


async def test_a_function_that_hangs_is_asked_again(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "TOKEN_TIMEOUT_S", 0.01)
    asked = 0

    async def fetch() -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        return "t"

    async with Kitt(server.url, client_id="tms", token=fetch, backoff=QUICK) as kitt:
        assert await publish(kitt) == 1


async def test_the_end_does_not_wait_for_a_token(server: ScriptedServer) -> None:
    asked = asyncio.Event()

    async def fetch() -> str:
        asked.set()
        await asyncio.Event().wait()
        return "never"

    async with asyncio.timeout(5):
        async with Kitt(server.url, client_id="tms", token=fetch, backoff=QUICK) as kitt:
            publishing = asyncio.create_task(publish(kitt))
            await asked.wait()
        with pytest.raises(Exception, match="closed"):
            await publishing
