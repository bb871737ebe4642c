"""What the outermost application does before anything inside sees a scope."""

from __future__ import annotations

import pytest

from realtime.asgi import Event, Receive, Scope, Send
from realtime.auth.credentials import CREDENTIAL_KEY
from realtime.server.application import NodeApplication


async def nothing(event: Event | None = None) -> Event:
    return {}


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.django_db(transaction=True)
async def test_a_token_of_the_query_is_taken_from_the_servers_own_scope(kind: str) -> None:
    """So that neither the server, nor Django's error pages, nor a link of an answer can show it."""
    seen: list[Scope] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    application = NodeApplication(inner)
    scope = {"type": kind, "query_string": b"client_id=a&token=secret"}
    try:
        await application(scope, nothing, nothing)
    finally:
        await application.started().stop()
    assert scope["query_string"] == seen[0]["query_string"] == b"client_id=a"
    assert seen[0][CREDENTIAL_KEY] == "secret"
