"""Who is let in: the gate that every WebSocket passes between its handshake and its welcome."""

from __future__ import annotations

import asyncio
from functools import partial

from realtime.asgi import Scope
from realtime.auth.configured import identify
from realtime.auth.credentials import find_token
from realtime.auth.identity import ANYBODY, Identity
from realtime.auth.sessions import session_identity
from realtime.conf import kitt_settings
from realtime.node.process import NodeProcess
from realtime.protocol import close_codes
from realtime.protocol.connect_query import ConnectQuery, parse_query
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.errors import ProtocolError

PATIENCE_S = 3.0
"""How long the database may take to say whose session it is."""


class TurnedAwayError(Exception):
    """`code` is what the socket is closed with."""

    def __init__(self, code: int, refusal: ProtocolError | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.refusal = refusal


async def admit(scope: Scope, node: NodeProcess, endpoint: Endpoint) -> tuple[ConnectQuery, Identity]:
    """What the client asks for, and who it is. Raises TurnedAwayError."""
    identity = await identity_of_socket(scope, node)
    try:
        query = parse_query(scope["query_string"], identity.client_id)
    except ProtocolError as refusal:
        raise TurnedAwayError(close_codes.BAD_QUERY, refusal) from None
    try:
        identity.require("subscribe", endpoint.name)
    except ProtocolError as refusal:
        raise TurnedAwayError(close_codes.FORBIDDEN, refusal) from None
    return query, identity.named(query.client_id)


async def identity_of_socket(scope: Scope, node: NodeProcess) -> Identity:
    if kitt_settings().auth == "open":
        return ANYBODY
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await proven(scope, node)
    except ProtocolError as refusal:
        code = close_codes.OVER_CAPACITY if refusal.retryable else close_codes.UNAUTHENTICATED
        raise TurnedAwayError(code, refusal) from None
    except TimeoutError:
        raise TurnedAwayError(close_codes.OVER_CAPACITY) from None


async def proven(scope: Scope, node: NodeProcess) -> Identity:
    """Raises ProtocolError."""
    token = find_token(scope)
    if token is not None:
        return await asyncio.to_thread(identify, token)
    identity = await node.database.run(partial(session_identity, scope))
    if identity is None:
        raise ProtocolError("unauthorized")
    return identity
