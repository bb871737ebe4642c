from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from realtime.auth.keys import parse_jwks, parse_private_pem, parse_public_pem
from tests.tokens import ec_key, jwk, jwks, private_pem, public_pem, rsa_key

SECRET_JWK = {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}


def test_the_kind_of_a_public_key_says_the_algorithm() -> None:
    assert parse_public_pem(public_pem(rsa_key()))[None].algorithm == "RS256"
    assert parse_public_pem(public_pem(ec_key()))[None].algorithm == "ES256"


def test_the_kind_of_a_private_key_says_the_algorithm() -> None:
    assert parse_private_pem(private_pem(rsa_key())).algorithm == "RS256"
    assert parse_private_pem(private_pem(ec_key())).algorithm == "ES256"


@pytest.mark.parametrize("data", [b"", b"x", b"\xff", private_pem(rsa_key())])
def test_what_is_no_public_key_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no public key in PEM"):
        parse_public_pem(data)


@pytest.mark.parametrize("data", [b"", public_pem(rsa_key()), private_pem(ec_key(), b"password")])
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no private key in PEM"):
        parse_private_pem(data)


def test_a_short_rsa_key_is_refused() -> None:
    with pytest.raises(ValueError, match="2048"):
        parse_public_pem(public_pem(rsa_key(bits=1024)))
    with pytest.raises(ValueError, match="2048"):
        parse_private_pem(private_pem(rsa_key(bits=1024)))


def test_a_set_has_its_keys_by_name() -> None:
    keys = parse_jwks(jwks(jwk(rsa_key(), "a", alg="RS256", use="sig"), jwk(ec_key(), "b")))
    assert {kid: key.algorithm for kid, key in keys.items()} == {"a": "RS256", "b": "ES256"}


@pytest.mark.parametrize(
    "other",
    [
        {},
        SECRET_JWK,
        jwk(rsa_key()),
        jwk(rsa_key(), "b", use="enc"),
        jwk(rsa_key(), "b", alg="RS512"),
        jwk(rsa_key(), "b", alg="HS256"),
        jwk(rsa_key(), "b", alg=["RS256"]),
        jwk(rsa_key(), "b", n=7),
        jwk(rsa_key(), "b", n="!"),
        jwk(rsa_key()) | {"kid": 7},
        jwk(rsa_key(bits=1024), "b"),
        jwk(ec_key(0, ec.SECP384R1()), "b"),
        {**RSAAlgorithm.to_jwk(rsa_key(), as_dict=True), "kid": "b"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "b"},
    ],
    ids=range(14),
)
def test_keys_of_a_set_that_are_not_used_here_are_passed_over(other: dict[str, object]) -> None:
    assert list(parse_jwks(jwks(jwk(rsa_key(), "a"), other))) == ["a"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"keys": 7}', b'{"keys": [7]}', b"[" * 10_000, b"\xff"])
def test_what_is_no_set_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no JWK set"):
        parse_jwks(data)


@pytest.mark.parametrize("entries", [[], [SECRET_JWK]])
def test_a_set_without_a_usable_key_is_refused_and_not_shown(entries: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="no public key of the set") as refused:
        parse_jwks(jwks(*entries))
    assert "c2VjcmV0" not in str(refused.value)


@given(
    st.sampled_from(["kty", "n", "e", "crv", "x", "y", "alg", "use", "kid"]),
    st.none() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2) | st.just({}),
)
def test_no_entry_of_a_set_is_a_fault_of_ours(name: str, value: object) -> None:
    for entry in (jwk(rsa_key(), "b"), jwk(ec_key(), "b")):
        assert "a" in parse_jwks(json.dumps({"keys": [jwk(rsa_key(), "a"), entry | {name: value}]}).encode())
