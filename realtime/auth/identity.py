"""Who somebody is, and what they may do."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.errors import ProtocolError

Right = Literal["publish", "subscribe"]

EVERYWHERE = frozenset(ENDPOINTS)
NOWHERE: frozenset[str] = frozenset()


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a token, a session or an open door says of somebody.

    client_id           the one name that it may use; None: any name
    publish, subscribe  the endpoints where it may do so
    expires_at          from this moment on it is nobody, in seconds of time.time()
    token_id            the name of its token (`jti`), where that has one
    """

    client_id: str | None
    publish: frozenset[str]
    subscribe: frozenset[str]
    expires_at: float = math.inf
    token_id: str | None = None

    def require(self, right: Right, endpoint: str) -> None:
        """Raises ProtocolError (`forbidden`)."""
        if endpoint not in getattr(self, right):
            raise ProtocolError("forbidden", f"This client may not {right} on {endpoint}.")

    def named(self, client_id: str) -> Identity:
        """The same under the name that it has chosen, where it may choose one."""
        return self if self.client_id is not None else msgspec.structs.replace(self, client_id=client_id)


ANYBODY = Identity(client_id=None, publish=EVERYWHERE, subscribe=EVERYWHERE)
"""Everybody, with KITT_AUTH=open."""
