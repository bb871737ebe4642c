"""Keys that tokens are verified with. Each has one algorithm, so that no token chooses how it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from jwt import PyJWK, PyJWTError

Algorithm = Literal["HS256", "RS256", "ES256"]
PublicKey = RSAPublicKey | EllipticCurvePublicKey
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

# RFC 7518 §3.2 and §3.3.
MIN_SECRET_BYTES = 32
MIN_RSA_BITS = 2048

WANTED = f"the key must be RSA of {MIN_RSA_BITS} bits or more, or EC on the curve P-256"


class Key(NamedTuple):
    """To verify with, and the only algorithm that it is used with."""

    algorithm: Algorithm
    value: bytes | PublicKey


class SigningKey(NamedTuple):
    algorithm: Algorithm
    value: bytes | PrivateKey


# By `kid`. A single key without a name, under None, is used whatever a token says.
Keys = Mapping[str | None, Key]


class KeySet(msgspec.Struct):
    """RFC 7517 §5"""

    keys: list[dict[str, Any]]


def secret_key(secret: str) -> Keys:
    return {None: Key("HS256", secret.encode())}


def parse_public_pem(data: bytes) -> Keys:
    """Raises ValueError."""
    try:
        loaded = load_pem_public_key(data)
    except (ValueError, TypeError):
        raise ValueError("no public key in PEM (-----BEGIN PUBLIC KEY-----)") from None
    return {None: public_key(loaded)}


def parse_private_pem(data: bytes) -> SigningKey:
    """Raises ValueError."""
    try:
        loaded = load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        raise ValueError("no private key in PEM (-----BEGIN PRIVATE KEY-----) without a password") from None
    match loaded:
        case RSAPrivateKey() | EllipticCurvePrivateKey():
            return SigningKey(public_key(loaded.public_key()).algorithm, loaded)
    raise ValueError(WANTED)


def parse_jwks(data: bytes) -> Keys:
    """The keys of a set that are for RS256 or ES256 and have a name; others are passed over. Raises ValueError."""
    try:
        entries = msgspec.json.decode(data, type=KeySet).keys
    except (ValueError, RecursionError):
        raise ValueError('no JWK set: {"keys": [...]} (RFC 7517)') from None
    keys: dict[str | None, Key] = {}
    for entry in entries:
        with suppress(PyJWTError, ValueError, TypeError):
            kid, key = parse_jwk(entry)
            keys[kid] = key
    if not keys:
        raise ValueError("no public key of the set is for RS256 or ES256 and has a `kid`")
    return keys


def parse_jwk(entry: dict[str, Any]) -> tuple[str, Key]:
    """Raises ValueError, TypeError or PyJWTError for what is not used here: other kinds, other uses, private keys."""
    kid, key = entry.get("kid"), public_key(PyJWK(entry).key)
    if not isinstance(kid, str) or entry.get("use", "sig") != "sig" or entry.get("alg", key.algorithm) != key.algorithm:
        raise ValueError(kid)
    return kid, key


def public_key(loaded: object) -> Key:
    """Raises ValueError for a key that is of another kind, or too short."""
    match loaded:
        case RSAPublicKey() if loaded.key_size >= MIN_RSA_BITS:
            return Key("RS256", loaded)
        case EllipticCurvePublicKey() if isinstance(loaded.curve, SECP256R1):
            return Key("ES256", loaded)
    raise ValueError(WANTED)
