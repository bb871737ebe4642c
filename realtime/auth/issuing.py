"""Makes tokens: for `manage.py issue_token`, and for back ends that hand out tokens of their own."""

from __future__ import annotations

from collections.abc import Iterable

import jwt

from realtime.auth.keys import SigningKey


def issue(
    key: SigningKey,
    *,
    client_id: str,
    publish: Iterable[str],
    subscribe: Iterable[str],
    issued_at: float,
    lifetime: float,
    token_id: str,
    audience: str = "",
    kid: str = "",
) -> str:
    """A signed token. Times are seconds, `issued_at` of time.time()."""
    claims = {
        "sub": client_id,
        "iat": int(issued_at),
        "exp": int(issued_at + lifetime),
        "jti": token_id,
        "kitt": {"publish": sorted(publish), "subscribe": sorted(subscribe)},
        **({"aud": audience} if audience else {}),
    }
    return jwt.encode(claims, key.value, algorithm=key.algorithm, headers={"kid": kid} if kid else None)
