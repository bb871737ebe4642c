from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.connect_query import ConnectQuery, parse_query
from realtime.protocol.errors import ProtocolError


def test_everything_that_a_client_may_say_is_read() -> None:
    assert parse_query(b"client_id=a:1&since=7&epoch=e&last=5") == ConnectQuery("a:1", since=7, epoch="e", last=5)


def test_other_parameters_are_passed_over() -> None:
    assert parse_query(b"client_id=a&utm_source=x") == ConnectQuery("a")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (b"", "/client_id"),
        (b"client_id=", "/client_id"),
        (b"client_id=a%20b", "/client_id"),
        (b"client_id=a%0A", "/client_id"),
        (b"client_id=" + b"a" * 65, "/client_id"),
        (b"client_id=a&since=-1", "/since"),
        (b"client_id=a&since=1.5", "/since"),
        (b"client_id=a&since=9223372036854775808", "/since"),
        (b"client_id=a&last=1001", "/last"),
        (b"client_id=a&epoch=", "/epoch"),
    ],
)
def test_a_bad_parameter_is_named(query: bytes, path: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_query(query)
    assert [error.path for error in refused.value.errors] == [path]


def test_who_is_known_need_not_say_it() -> None:
    assert parse_query(b"last=5", "a") == parse_query(b"client_id=a&last=5", "a") == ConnectQuery("a", last=5)


@pytest.mark.parametrize("query", [b"client_id=b", b"client_id=", b"client_id=a&client_id=b"])
def test_who_is_known_cannot_call_itself_something_else(query: bytes) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_query(query, "a")
    assert [error.path for error in refused.value.errors] == ["/client_id"]


@given(st.binary())
def test_no_query_raises_anything_else(query: bytes) -> None:
    for text in (query, b"client_id=" + query, b"client_id=a&since=" + query):
        with suppress(ProtocolError):
            parse_query(text)
