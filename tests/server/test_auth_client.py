"""The Python client against a server that asks for tokens."""

from __future__ import annotations

import asyncio
import time

import pytest

from kitt_client import Kitt, Message, Refused
from realtime.auth.tokens import LEEWAY_S
from tests.clients import TIMEOUT_S
from tests.servers import Server
from tests.tokens import token

ROUTE = {"shipment_id": "SH-1"}


async def test_a_subscriber_whose_tokens_run_out_misses_nothing(guarded_server: Server) -> None:
    given: list[str] = []

    async def short_lived() -> str:
        given.append(token(sub="reader", exp=int(time.time()) - LEEWAY_S + 4))
        return given[-1]

    reader = Kitt(guarded_server.ws_url, client_id="reader", token=short_lived)
    writer = Kitt(guarded_server.ws_url, client_id="writer", token=token(sub="writer"))
    seen: list[int] = []
    async with asyncio.timeout(2 * TIMEOUT_S), reader, writer, reader.subscribe("packing") as messages:
        while len(given) < 2:
            sent = await writer.publish("packing", "packing_result", ROUTE)
            message = await anext(messages)
            assert isinstance(message, Message)
            assert message.offset == sent.offset
            seen.append(message.offset)
    assert seen == list(range(seen[0], seen[0] + len(seen)))


async def test_a_bad_token_is_said_to_whoever_publishes(guarded_server: Server) -> None:
    async with Kitt(guarded_server.ws_url, client_id="tms", token=token(exp=1)) as kitt:
        with pytest.raises(Refused, match="4001"):
            await kitt.publish("freight", "route_update", ROUTE)
