"""Refusals as sentences."""

from __future__ import annotations

from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.explain import explain

FIELDS = [FieldError(f"/{name}", "missing", "is required") for name in "abcd"]


def test_a_refusal_without_fields_is_its_message() -> None:
    assert explain(ProtocolError("conflict", "Used before.")) == "Used before."


def test_fields_are_named_with_what_is_wrong_with_them() -> None:
    assert explain(ProtocolError("validation_failed", errors=FIELDS[:2])) == "/a is required; /b is required"


def test_of_many_fields_the_first_three_are_named() -> None:
    text = explain(ProtocolError("validation_failed", errors=FIELDS))
    assert text == "/a is required; /b is required; /c is required; and 1 more"


def test_the_whole_has_no_name() -> None:
    assert (
        explain(ProtocolError("too_large", errors=[FieldError("", "out_of_bounds", "is too large")])) == "is too large"
    )
