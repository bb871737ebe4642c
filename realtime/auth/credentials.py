"""Where a token is in a request: one place is enough, and the first of these counts.

1. `Authorization: Bearer <token>`
2. a subprotocol `kitt.token.<token>` beside `kitt.v1`: browsers can set no header on a WebSocket
3. `?token=<token>`, for WebSockets alone
"""

from __future__ import annotations

from collections.abc import Iterator

from realtime.asgi import Scope

SUBPROTOCOL_PREFIX = "kitt.token."
PARAMETER = b"token="

# In the scopes that the inner applications see: the token of the query.
CREDENTIAL_KEY = "kitt_token"


def cut_token(scope: Scope) -> str | None:
    """Take the token out of the query, and return it.

    In place: servers write the query of the same scope into their logs (uvicorn: `"WebSocket /ws/…?…" [accepted]`),
    Django into its error pages, and REST into the links of its answers.
    """
    query: bytes = scope.get("query_string", b"")
    parts = query.split(b"&")
    found = [part for part in parts if part.startswith(PARAMETER)]
    if found:
        scope["query_string"] = b"&".join(part for part in parts if part not in found)
        return found[-1].removeprefix(PARAMETER).decode("latin1")
    return None


def find_token(scope: Scope) -> str | None:
    """The token of a WebSocket's scope; None where it brings none."""
    return next(tokens_of(scope), None)


def tokens_of(scope: Scope) -> Iterator[str]:
    for name, value in scope["headers"]:
        if name == b"authorization" and (token := bearer_token(value.decode("latin1"))) is not None:
            yield token
    for offered in scope["subprotocols"]:
        if offered.startswith(SUBPROTOCOL_PREFIX):
            yield offered.removeprefix(SUBPROTOCOL_PREFIX)
    if CREDENTIAL_KEY in scope:
        yield scope[CREDENTIAL_KEY]


def bearer_token(header: str) -> str | None:
    """Of an Authorization header (RFC 6750 §2.1); None where it is of another kind."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
