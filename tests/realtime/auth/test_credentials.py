"""Where a token is found."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.asgi import Scope
from realtime.auth.credentials import CREDENTIAL_KEY, bearer_token, cut_token, find_token


def scope(**changes: Any) -> Scope:
    return {"query_string": b"", "headers": [], "subprotocols": [], **changes}


@pytest.mark.parametrize(
    ("changes", "token"),
    [
        ({}, None),
        ({"headers": [(b"authorization", b"Bearer a.b.c")]}, "a.b.c"),
        ({"headers": [(b"authorization", b"bearer  a.b.c ")]}, "a.b.c"),
        ({"headers": [(b"authorization", b"Basic abc")]}, None),
        ({"headers": [(b"authorization", b"Basic abc"), (b"authorization", b"Bearer a.b.c")]}, "a.b.c"),
        ({"headers": [(b"authorization", b"Bearer")]}, ""),
        ({"headers": [(b"authorization", b"\xff")]}, None),
        ({"subprotocols": ["kitt.v1", "kitt.token.a.b.c"]}, "a.b.c"),
        ({"subprotocols": ["kitt.v1"]}, None),
        ({CREDENTIAL_KEY: "a.b.c"}, "a.b.c"),
        ({CREDENTIAL_KEY: ""}, ""),
    ],
)
def test_a_token_is_found_where_it_may_be(changes: dict[str, Any], token: str | None) -> None:
    assert find_token(scope(**changes)) == token


def test_the_first_place_counts() -> None:
    all_three = {
        "headers": [(b"authorization", b"Bearer header")],
        "subprotocols": ["kitt.token.subprotocol"],
        CREDENTIAL_KEY: "query",
    }
    assert find_token(scope(**all_three)) == "header"
    assert find_token(scope(**all_three | {"headers": []})) == "subprotocol"


@pytest.mark.parametrize(
    ("query", "token", "rest"),
    [
        (b"", None, b""),
        (b"client_id=a", None, b"client_id=a"),
        (b"token=a.b.c", "a.b.c", b""),
        (b"client_id=a&token=a.b.c&last=5", "a.b.c", b"client_id=a&last=5"),
        (b"token=1&client_id=a&token=2", "2", b"client_id=a"),
        (b"token=", "", b""),
        (b"my_token=x", None, b"my_token=x"),
        (b"token=\xff", "ÿ", b""),
    ],
)
def test_a_token_is_cut_out_of_the_query(query: bytes, token: str | None, rest: bytes) -> None:
    connection = scope(query_string=query)
    assert cut_token(connection) == token
    assert connection["query_string"] == rest


def test_a_scope_without_a_query_has_no_token() -> None:
    assert cut_token({"type": "lifespan"}) is None


@pytest.mark.parametrize(("header", "token"), [("", None), ("Bearer x", "x"), ("BEARER x", "x"), ("Token x", None)])
def test_a_bearer_token_is_told_from_other_kinds(header: str, token: str | None) -> None:
    assert bearer_token(header) == token
