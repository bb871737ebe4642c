"""What an error must hold and what is refused."""

import pytest

from realtime.protocol.checks import check_payload
from realtime.protocol.errors import ERRORS
from realtime.protocol.payloads.error import ErrorReport
from tests.realtime.protocol.payloads.changes import NOW, drop, faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "error"
REQUIRED = ["/code", "/message"]
ACCEPTED = [
    ("/message", "x"),
    ("/message", "x" * 500),
    ("/retry_after_s", 0),
    ("/errors", []),
    ("/errors", [{"path": "/a"}] * 50),
    ("/errors/0/path", ""),
    ("/errors/0/path", "/a~1b/~0/"),
    ("/errors/0/limit", "1650 cm"),
]
REFUSED = [
    ("/message", "", "out_of_bounds"),
    ("/message", "x" * 501, "out_of_bounds"),
    ("/rejected_type", 5, "wrong_type"),
    ("/retryable", "no", "wrong_type"),
    ("/retry_after_s", -1, "out_of_bounds"),
    ("/errors", [{}] * 51, "out_of_bounds"),
    ("/errors/0/path", "items.0", "bad_format"),
    ("/errors/0/path", "/a~2", "bad_format"),
    ("/errors/0/limit", [], "wrong_type"),
    ("/code", 404, "wrong_type"),
]
ENUMS = {"/code": " ".join(ERRORS)}


def test_the_minimal_and_the_full_example_are_accepted() -> None:
    assert faults(TYPE, MINIMAL[TYPE]) == []
    assert faults(TYPE, FULL[TYPE]) == []


@pytest.mark.parametrize("pointer", REQUIRED)
def test_a_required_field_that_is_not_there_is_named(pointer: str) -> None:
    assert faults(TYPE, drop(FULL[TYPE], pointer)) == [(pointer, "missing")]


@pytest.mark.parametrize(("pointer", "value"), ACCEPTED)
def test_a_value_on_its_bound_is_accepted(pointer: str, value: object) -> None:
    assert faults(TYPE, put(FULL[TYPE], pointer, value)) == []


@pytest.mark.parametrize(("pointer", "value", "code"), REFUSED)
def test_a_value_beyond_its_bound_is_refused_with_its_pointer(pointer: str, value: object, code: str) -> None:
    assert faults(TYPE, put(FULL[TYPE], pointer, value)) == [(pointer, code)]


@pytest.mark.parametrize(
    ("pointer", "value"), [(pointer, value) for pointer in ENUMS for value in ENUMS[pointer].split()]
)
def test_every_value_of_an_enum_is_accepted(pointer: str, value: str) -> None:
    assert faults(TYPE, put(FULL[TYPE], pointer, value)) == []


@pytest.mark.parametrize("pointer", ENUMS)
def test_a_value_that_an_enum_does_not_hold_is_refused(pointer: str) -> None:
    assert faults(TYPE, put(FULL[TYPE], pointer, "something-else")) == [(pointer, "not_in_enum")]


def test_the_codes_are_those_of_the_one_table() -> None:
    (error,) = check_payload(MINIMAL[TYPE] | {"code": "oops"}, ErrorReport, now=NOW)
    assert error.message == f"must be one of {', '.join(sorted(ERRORS))}"
