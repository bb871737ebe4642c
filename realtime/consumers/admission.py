"""Who is let in: the gate that every WebSocket passes between its handshake and its welcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from realtime.asgi import Scope
from realtime.auth.configured import identify_from
from realtime.auth.credentials import find_token
from realtime.auth.guessing import GuessingError
from realtime.auth.identity import ANYBODY, Identity
from realtime.auth.sessions import session_identity
from realtime.conf import kitt_settings
from realtime.node.process import NodeProcess
from realtime.protocol import close_codes
from realtime.protocol.connect_query import ConnectQuery, parse_query
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.errors import ProtocolError


class TurnedAwayError(Exception):
    """`code` is what the socket is closed with; `why` is for the log, where the code alone does not say it."""

    def __init__(self, code: int, refusal: ProtocolError | None = None, why: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.refusal = refusal
        self.why = why


async def admit(scope: Scope, node: NodeProcess, endpoint: Endpoint) -> tuple[ConnectQuery, Identity]:
    """What the client asks for, and who it is. Raises TurnedAwayError."""
    with turning_away(close_codes.UNAUTHENTICATED):
        identity = await identity_of_socket(scope, node)
    with turning_away(close_codes.BAD_QUERY):
        query = parse_query(scope["query_string"], identity.client_id)
    with turning_away(close_codes.FORBIDDEN):
        identity.require("subscribe", endpoint.name)
    identity = identity.named(query.client_id)
    if await node.is_revoked(identity):
        raise TurnedAwayError(close_codes.REVOKED)
    return query, identity


@contextmanager
def turning_away(code: int) -> Iterator[None]:
    """With this code; or to come back later, where too many have failed, or the fault is ours."""
    try:
        yield
    except GuessingError as refusal:
        raise TurnedAwayError(close_codes.RATE_LIMITED, refusal) from None
    except ProtocolError as refusal:
        raise TurnedAwayError(close_codes.OVER_CAPACITY if refusal.retryable else code, refusal) from None


def address_of(scope: Scope) -> str:
    """Of the client, without its port; empty where the server has none, as for a UNIX socket."""
    return str((scope.get("client") or ("",))[0])


async def identity_of_socket(scope: Scope, node: NodeProcess) -> Identity:
    """Raises ProtocolError."""
    if kitt_settings().auth == "open":
        return ANYBODY
    token = find_token(scope)
    if token is not None:
        return await asyncio.to_thread(identify_from, address_of(scope), token)
    identity = await node.database.run(partial(session_identity, scope))
    if identity is None:
        raise ProtocolError("unauthorized")
    return identity
