"""Which tokens are good, and what is said of the others."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from realtime.auth.identity import Identity
from realtime.auth.keys import Keys, parse_jwks, parse_public_pem, secret_key
from realtime.auth.tokens import LEEWAY_S, MAX_TOKEN_LENGTH, verify
from realtime.protocol.errors import ProtocolError
from tests.tokens import EVERYTHING, SECRET, claims, ec_key, jwk, jwks, part, public_pem, rsa_key, token

SHARED = secret_key(SECRET)


def refusal(text: str, keys: Keys = SHARED, **options: Any) -> str:
    with pytest.raises(ProtocolError) as refused:
        verify(text, keys, **options)
    assert refused.value.code == "unauthorized"
    return refused.value.message


def test_a_good_token_says_who_it_is_and_what_it_may_do() -> None:
    exp = int(time.time()) + 60
    rights = {"publish": ["freight"], "subscribe": ["freight", "packing"]}
    assert verify(token(sub="tablet-7", exp=exp, jti="t-1", kitt=rights), SHARED) == Identity(
        client_id="tablet-7",
        publish=frozenset({"freight"}),
        subscribe=frozenset({"freight", "packing"}),
        expires_at=exp + LEEWAY_S,
        token_id="t-1",
    )


def test_a_token_needs_no_name_of_its_own() -> None:
    assert verify(token(), SHARED).token_id is None


@pytest.mark.parametrize("rights", [None, {}, {"publish": []}, {"subscribe": ["a-later-endpoint"]}])
def test_a_token_that_names_no_right_gives_none(rights: object) -> None:
    identity = verify(token(kitt=rights), SHARED)
    assert not {*identity.publish, *identity.subscribe} & {"freight", "packing", "notifications"}


def test_claims_that_mean_nothing_here_are_passed_over() -> None:
    assert verify(token(name="Ann", scope="openid", roles=[1]), SHARED).client_id == "tms"


@pytest.mark.parametrize(("key", "algorithm"), [(rsa_key(), "RS256"), (ec_key(), "ES256")])
def test_a_token_may_be_signed_with_a_private_key(key: Any, algorithm: str) -> None:
    assert verify(token(key, algorithm), parse_public_pem(public_pem(key))).client_id == "tms"


def test_a_token_may_be_signed_with_any_key_of_a_set() -> None:
    keys = parse_jwks(jwks(jwk(rsa_key(), "old"), jwk(ec_key(), "new")))
    assert verify(token(rsa_key(), "RS256", headers={"kid": "old"}), keys).client_id == "tms"
    assert verify(token(ec_key(), "ES256", headers={"kid": "new"}), keys).client_id == "tms"


# Time


def test_a_token_that_has_expired_is_refused() -> None:
    assert refusal(token(exp=int(time.time()) - LEEWAY_S - 1)) == "The token has expired."


def test_a_token_may_be_expired_by_less_than_the_leeway() -> None:
    assert verify(token(exp=int(time.time()) - LEEWAY_S + 5), SHARED).expires_at > time.time()


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_that_is_not_valid_yet_is_refused(claim: str) -> None:
    assert refusal(token(**{claim: int(time.time()) + LEEWAY_S + 5})) == "The token is not valid yet."


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_clock_may_be_ahead_by_less_than_the_leeway(claim: str) -> None:
    assert verify(token(**{claim: int(time.time()) + LEEWAY_S - 5}), SHARED).client_id == "tms"


# Algorithms and keys


def test_a_token_without_a_signature_is_refused() -> None:
    unsigned = jwt.encode(claims(), None, algorithm="none")
    assert "not valid" in refusal(unsigned)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["HS256"], "HS512"])
def test_the_header_of_a_token_chooses_no_algorithm(algorithm: object) -> None:
    good = token()
    body = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{good.split('.')[1]}"
    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest()
    for signed in (f"{body}.{part(signature)}", f"{body}.{good.split('.')[2]}", f"{body}."):
        assert "not valid" in refusal(signed)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_the_secret_is_for_one_algorithm_alone(algorithm: str) -> None:
    long = SECRET * 2
    assert "not valid" in refusal(token(long, algorithm), secret_key(long))


def test_a_public_key_is_no_secret() -> None:
    """Who has the public key, and that is everybody, could else sign with it as if it were a shared secret."""
    body = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims())}"
    signature = hmac.new(public_pem(rsa_key()), body.encode(), hashlib.sha256).digest()
    forged = f"{body}.{part(signature)}"
    assert "not valid" in refusal(forged, parse_public_pem(public_pem(rsa_key())))
    with_kid = f"{part({'alg': 'HS256', 'kid': 'k'})}.{part(claims())}"
    signature = hmac.new(public_pem(rsa_key()), with_kid.encode(), hashlib.sha256).digest()
    assert "not valid" in refusal(f"{with_kid}.{part(signature)}", parse_jwks(jwks(jwk(rsa_key(), "k"))))


def test_a_key_of_one_kind_takes_no_token_of_another() -> None:
    assert "not valid" in refusal(token(ec_key(), "ES256"), parse_public_pem(public_pem(rsa_key())))
    assert "not valid" in refusal(token(rsa_key(), "RS256"), parse_public_pem(public_pem(ec_key())))
    assert "not valid" in refusal(token(rsa_key(), "PS256"), parse_public_pem(public_pem(rsa_key())))


def test_the_key_of_somebody_else_is_refused() -> None:
    assert "not valid" in refusal(token("another secret of 32 bytes and more"))
    assert "not valid" in refusal(token(rsa_key(1), "RS256"), parse_public_pem(public_pem(rsa_key())))
    assert "not valid" in refusal(token(ec_key(1), "ES256"), parse_public_pem(public_pem(ec_key())))


@pytest.mark.parametrize("headers", [{"kid": "unknown"}, {}, {"kid": ""}])
def test_a_key_that_the_set_does_not_have_is_refused(headers: dict[str, Any]) -> None:
    keys = parse_jwks(jwks(jwk(rsa_key(), "k")))
    assert "kid" in refusal(token(rsa_key(), "RS256", headers=headers), keys)


@pytest.mark.parametrize("kid", [7, ["k"], {"k": 1}, True])
def test_the_name_of_a_key_is_a_text(kid: object) -> None:
    body = f"{part({'alg': 'RS256', 'kid': kid})}.{part(claims())}.{part(b'x' * 256)}"
    assert "not valid" in refusal(body, parse_jwks(jwks(jwk(rsa_key(), "k"))))


def test_a_key_is_not_taken_from_the_token() -> None:
    headers = {"jwk": jwk(rsa_key(1), "k"), "jku": "https://evil.example/keys", "kid": "k"}
    assert "not valid" in refusal(token(rsa_key(1), "RS256", headers=headers), parse_jwks(jwks(jwk(rsa_key(), "k"))))


def test_an_extension_that_must_be_understood_is_refused() -> None:
    assert "not valid" in refusal(token(headers={"crit": ["exp"]}))


# Tampering


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_token_that_was_changed_is_refused(index: int) -> None:
    parts = token().split(".")
    changed = "B" if parts[index][5] == "A" else "A"
    parts[index] = parts[index][:5] + changed + parts[index][6:]
    refusal(".".join(parts))


def test_claims_cannot_be_exchanged() -> None:
    header, _, signature = token(kitt={}).split(".")
    assert "not valid" in refusal(f"{header}.{part(claims())}.{signature}")


@pytest.mark.parametrize("text", ["", ".", "..", "...", "a.b", "a.b.c.d", "x" * 100, "a b.c.d", "é.é.é", "\ud800.a.b"])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert "token" in refusal(text)


def test_a_token_that_is_too_long_is_refused_unread() -> None:
    long = token(note="x" * MAX_TOKEN_LENGTH)
    assert "too long" in refusal(long)


@given(st.text())
def test_no_text_is_a_fault_of_ours(text: str) -> None:
    refusal(text)


@given(st.lists(st.binary(max_size=40), min_size=3, max_size=3))
def test_no_three_parts_are_a_fault_of_ours(parts: list[bytes]) -> None:
    refusal(".".join(part(each) for each in parts))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["sub", "exp", "kitt", "jti", "nbf", "iat", "aud", "iss"]), json_values)
def test_no_signed_claim_is_a_fault_of_ours(name: str, value: object) -> None:
    signed = jwt.api_jws.encode(json.dumps(claims() | {name: value}).encode(), SECRET, algorithm="HS256")
    with suppress(ProtocolError):
        assert verify(signed, SHARED).client_id


# Claims


@pytest.mark.parametrize("claim", ["sub", "exp"])
def test_what_a_token_must_have_is_named(claim: str) -> None:
    assert refusal(token(**{claim: None})) == f"The token has no claim '{claim}'."


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", ""),
        ("sub", "a b"),
        ("sub", "x" * 65),
        ("sub", "a\n"),
        ("exp", "9999999999"),
        ("exp", 10**400),
        ("jti", ""),
        ("jti", "x" * 129),
        ("jti", "a\x00"),
        ("kitt", "everything"),
        ("kitt", ["freight"]),
        ("kitt", {"publish": "freight"}),
        ("kitt", {"publish": [7]}),
        ("kitt", {"subscribe": {"freight": True}}),
        ("kitt", {"subscribe": None}),
    ],
)
def test_a_claim_of_the_wrong_form_is_refused_and_named(claim: str, value: object) -> None:
    assert f"$.{claim}" in refusal(token(**{claim: value}))


@pytest.mark.parametrize(("claim", "value"), [("sub", 7), ("jti", 7), ("exp", []), ("exp", float("nan")), ("nbf", {})])
def test_a_claim_of_the_wrong_type_is_refused(claim: str, value: object) -> None:
    refusal(jwt.api_jws.encode(json.dumps(claims() | {claim: value}).encode(), SECRET, algorithm="HS256"))


@pytest.mark.parametrize("body", [b"[]", b"7", b"{", b"null", b"[" * 5000])
def test_claims_are_an_object(body: bytes) -> None:
    refusal(jwt.api_jws.encode(body, SECRET, algorithm="HS256"))


def test_a_token_for_another_audience_is_refused() -> None:
    assert refusal(token(aud="billing"), audience="kitt") == "The token is for another audience."
    assert "audience" in refusal(token(aud="billing"))
    assert "aud" in refusal(token(), audience="kitt")


@pytest.mark.parametrize("audience", ["kitt", ["billing", "kitt"]])
def test_a_token_for_this_audience_is_taken(audience: object) -> None:
    assert verify(token(aud=audience), SHARED, audience="kitt").client_id == "tms"


@pytest.mark.parametrize(
    "bad",
    [
        token(exp=1),
        token("another secret of 32 bytes and more"),
        token(sub="no such \x00 name"),
        token(kitt={"publish": "everything-at-once"}),
    ],
)
def test_a_refusal_holds_nothing_of_the_token(bad: str) -> None:
    said = refusal(bad)
    assert not any(piece in said for piece in bad.split(".") if len(piece) > 3)
    assert "everything-at-once" not in said


def test_rights_are_asked_for_by_endpoint() -> None:
    identity = verify(token(kitt={"publish": ["freight"]}), SHARED)
    identity.require("publish", "freight")
    with pytest.raises(ProtocolError, match="forbidden: This client may not subscribe on freight"):
        identity.require("subscribe", "freight")
    with pytest.raises(ProtocolError, match="forbidden"):
        identity.require("publish", "packing")


def test_everything_is_everything() -> None:
    identity = verify(token(kitt=EVERYTHING), SHARED)
    for endpoint in ("freight", "packing", "notifications"):
        identity.require("publish", endpoint)
        identity.require("subscribe", endpoint)


def test_only_the_curve_p_256_is_taken() -> None:
    with pytest.raises(ValueError, match="P-256"):
        parse_public_pem(public_pem(ec_key(0, ec.SECP384R1())))
