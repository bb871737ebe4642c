"""Tokens: JSON Web Tokens (RFC 7519) that are verified as RFC 8725 advises."""

from __future__ import annotations

import re
from typing import Any

import jwt
import msgspec

from realtime.auth.identity import Identity
from realtime.auth.keys import Key, Keys
from realtime.protocol.connect_query import ClientId
from realtime.protocol.envelope import Identifier
from realtime.protocol.errors import ProtocolError

LEEWAY_S = 10
"""How far the clocks of who issues tokens and of this machine may be apart."""

MAX_TOKEN_LENGTH = 8000
"""A line of a handshake may have 8192 bytes (websockets 17.4, http11.py)."""

FORM = re.compile(r"[A-Za-z0-9_-]+=*\.[A-Za-z0-9_-]+=*\.[A-Za-z0-9_-]*=*", re.ASCII)


class UnprovenError(ProtocolError):
    """No key that is known here has signed the token: it may be a guess. One that has run out is none."""

    def __init__(self, message: str) -> None:
        super().__init__("unauthorized", message)


class Rights(msgspec.Struct, frozen=True):
    """Names of endpoints. Those that this version does not know grant nothing."""

    publish: list[str] = []
    subscribe: list[str] = []


class Claims(msgspec.Struct, frozen=True):
    """What KITT reads of a token, besides `nbf`, `iat` and `aud`. Other claims are passed over."""

    sub: ClientId
    exp: float
    kitt: Rights = Rights()
    jti: Identifier | None = None


def verify(token: str, keys: Keys, *, audience: str = "") -> Identity:
    """Raises ProtocolError (`unauthorized`), whose text holds nothing of the token."""
    if len(token) > MAX_TOKEN_LENGTH or not FORM.fullmatch(token):
        raise UnprovenError("The token is no JSON Web Token, or too long.")
    try:
        claims = msgspec.convert(decoded(token, keys, audience), Claims)
    except (jwt.DecodeError, jwt.InvalidAlgorithmError, jwt.InvalidKeyError) as error:
        raise UnprovenError(reason(error)) from None
    except jwt.PyJWTError as error:
        raise ProtocolError("unauthorized", reason(error)) from None
    except msgspec.ValidationError as error:
        raise ProtocolError("unauthorized", f"A claim of the token does not fit: {error}.") from None
    return Identity(
        client_id=claims.sub,
        publish=frozenset(claims.kitt.publish),
        subscribe=frozenset(claims.kitt.subscribe),
        expires_at=claims.exp + LEEWAY_S,
        token_id=claims.jti,
    )


def claimed_name(token: str) -> str:
    """The `sub` of a token, true or not; empty where it cannot be read."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False}) if len(token) <= MAX_TOKEN_LENGTH else {}
    except jwt.PyJWTError:
        return ""
    return str(claims.get("sub", ""))


def decoded(token: str, keys: Keys, audience: str) -> dict[str, Any]:
    """The claims, once the signature and the times are right."""
    key = chosen(keys, jwt.get_unverified_header(token).get("kid"))
    return jwt.decode(
        token,
        key.value,
        algorithms=[key.algorithm],
        audience=audience or None,
        leeway=LEEWAY_S,
        options={"require": ["exp", "sub"]},
    )


def chosen(keys: Keys, kid: str | None) -> Key:
    found = keys.get(None) or keys.get(kid)
    if found is None:
        raise jwt.InvalidKeyError
    return found


def reason(error: jwt.PyJWTError) -> str:
    match error:
        case jwt.ExpiredSignatureError():
            return "The token has expired."
        case jwt.ImmatureSignatureError():
            return "The token is not valid yet."
        case jwt.InvalidAudienceError():
            return "The token is for another audience."
        case jwt.MissingRequiredClaimError():
            return f"The token has no claim {error.claim!r}."
        case jwt.InvalidKeyError():
            return "The token does not name a key (`kid`) that is known here."
    return "The token is not valid: its signature, algorithm or form is wrong."
