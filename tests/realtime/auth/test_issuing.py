from __future__ import annotations

import time
from typing import Any

import pytest

from realtime.auth.identity import Identity
from realtime.auth.issuing import issue
from realtime.auth.keys import Keys, SigningKey, parse_jwks, parse_private_pem, secret_key
from realtime.auth.tokens import LEEWAY_S, verify
from tests.tokens import SECRET, ec_key, jwk, jwks, private_pem, rsa_key

NOW = int(time.time())
USUAL: dict[str, Any] = {
    "client_id": "tablet-7",
    "publish": ["freight"],
    "subscribe": ["packing", "freight"],
    "issued_at": NOW,
    "lifetime": 36_000,
    "token_id": "t-1",
}


@pytest.mark.parametrize(
    ("key", "keys", "kid"),
    [
        (SigningKey("HS256", SECRET.encode()), secret_key(SECRET), ""),
        (parse_private_pem(private_pem(rsa_key())), parse_jwks(jwks(jwk(rsa_key(), "k"))), "k"),
        (parse_private_pem(private_pem(ec_key())), parse_jwks(jwks(jwk(ec_key(), "k"))), "k"),
    ],
    ids=["HS256", "RS256", "ES256"],
)
def test_an_issued_token_is_verified_as_it_was_meant(key: SigningKey, keys: Keys, kid: str) -> None:
    assert verify(issue(key, **USUAL, kid=kid, audience="kitt"), keys, audience="kitt") == Identity(
        client_id="tablet-7",
        publish=frozenset({"freight"}),
        subscribe=frozenset({"freight", "packing"}),
        expires_at=NOW + 36_000 + LEEWAY_S,
        token_id="t-1",
    )
