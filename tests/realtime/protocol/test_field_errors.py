"""The collector of faults: one struct with one field of every kind, and any JSON at all."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FIELD_ERROR_CODES
from realtime.protocol.field_errors import MAX_ERRORS, field_errors, pointer
from realtime.protocol.payloads.registry import PAYLOADS
from tests.realtime.protocol.payloads.examples import FULL


class Circle(msgspec.Struct, tag_field="type", tag="circle"):
    radius: float


class Square(msgspec.Struct, tag_field="type", tag="square"):
    side: float


class Sample(msgspec.Struct, kw_only=True):
    name: Annotated[str, Meta(min_length=2, max_length=4)]
    code: Annotated[str, Meta(pattern="^[a-z]+$")] | UnsetType = UNSET
    tail: Annotated[str, Meta(max_length=4)] | UnsetType = UNSET
    head: Annotated[str, Meta(min_length=2)] | UnsetType = UNSET
    word: Annotated[str, Meta(pattern="^a$", description="the letter a")] | UnsetType = UNSET
    size: Annotated[float, Meta(gt=0, le=10)] | UnsetType = UNSET
    step: Annotated[int, Meta(ge=0, lt=3)] | UnsetType = UNSET
    free: float | UnsetType = UNSET
    flag: bool | UnsetType = UNSET
    rank: Literal["low", "high"] | UnsetType = UNSET
    time: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    local: Annotated[datetime, Meta(tz=False)] | UnsetType = UNSET
    pair: Annotated[list[int], Meta(min_length=2, max_length=2)] | UnsetType | None = UNSET
    many: Annotated[list[int], Meta(min_length=1)] | UnsetType = UNSET
    book: Annotated[dict[str, int], Meta(max_length=2)] | UnsetType = UNSET
    shape: Circle | Square | UnsetType = UNSET
    one_shape: Circle | UnsetType = UNSET
    mixed: Annotated[str | float | Circle, Meta(description="anything")] | UnsetType = UNSET
    extra: Any = None
    renamed: int | UnsetType = msgspec.field(name="class", default=UNSET)


CASES = [
    ({"name": "a"}, "/name", "out_of_bounds", "must have 2 to 4 characters"),
    ({"name": 5}, "/name", "wrong_type", "must be text, not a whole number"),
    ({"code": "A"}, "/code", "bad_format", "must match ^[a-z]+$"),
    ({"tail": "12345"}, "/tail", "out_of_bounds", "must have at most 4 characters"),
    ({"head": "1"}, "/head", "out_of_bounds", "must have at least 2 characters"),
    ({"word": "b"}, "/word", "bad_format", "must be the letter a"),
    ({"size": 0}, "/size", "out_of_bounds", "must be greater than 0 and at most 10"),
    ({"size": float("nan")}, "/size", "out_of_bounds", "must be greater than 0 and at most 10"),
    ({"size": True}, "/size", "wrong_type", "must be a number, not true or false"),
    ({"step": 3}, "/step", "out_of_bounds", "must be at least 0 and less than 3"),
    ({"step": 0.5}, "/step", "wrong_type", "must be a whole number, not a decimal number"),
    ({"free": 10**400}, "/free", "out_of_bounds", "must be within the range of a 64-bit float"),
    ({"flag": None}, "/flag", "wrong_type", "must be true or false, not null"),
    ({"rank": "mid"}, "/rank", "not_in_enum", "must be one of high, low"),
    ({"rank": 1}, "/rank", "wrong_type", "must be text, not a whole number"),
    ({"time": "noon"}, "/time", "bad_format", "must be a time in RFC 3339 form, such as 2026-03-01T08:00:00Z"),
    ({"time": "2026-03-01T08:00:00"}, "/time", "bad_format", "must have an offset, such as Z or +01:00"),
    ({"local": "2026-03-01T08:00:00Z"}, "/local", "bad_format", "must not have an offset, such as Z or +01:00"),
    ({"pair": [1]}, "/pair", "out_of_bounds", "must have exactly 2 entries"),
    ({"pair": {}}, "/pair", "wrong_type", "must be an array or null, not an object"),
    ({"pair": [1, "x"]}, "/pair/1", "wrong_type", "must be a whole number, not text"),
    ({"many": []}, "/many", "out_of_bounds", "must have at least 1 entries"),
    ({"book": {"a": 1, "b": 2, "c": 3}}, "/book", "out_of_bounds", "must have at most 2 entries"),
    ({"book": {"a/b~c": "x"}}, "/book/a~1b~0c", "wrong_type", "must be a whole number, not text"),
    ({"shape": []}, "/shape", "wrong_type", "must be an object, not an array"),
    ({"shape": {"radius": 1}}, "/shape/type", "missing", "is required"),
    ({"shape": {"type": "star"}}, "/shape/type", "not_in_enum", "must be one of circle, square"),
    ({"shape": {"type": ["circle"]}}, "/shape/type", "wrong_type", "must be text, not an array"),
    ({"shape": {"type": "square"}}, "/shape/side", "missing", "is required"),
    ({"one_shape": {"type": "star", "radius": 1}}, "/one_shape/type", "not_in_enum", "must be one of circle"),
    ({"mixed": None}, "/mixed", "wrong_type", "must be text or a number or an object, not null"),
    ({"mixed": {}}, "/mixed/radius", "missing", "is required"),
    ({"class": "x"}, "/class", "wrong_type", "must be a whole number, not text"),
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Point", "Chicago", 10**400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def names_of(struct: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def refuses(value: object, struct: type[msgspec.Struct]) -> bool:
    try:
        msgspec.convert(value, struct)
    except msgspec.ValidationError:
        return True
    return False


@pytest.mark.parametrize(("fields", "path", "code", "message"), CASES)
def test_a_fault_is_named_by_pointer_code_and_bound(fields: dict[str, Any], path: str, code: str, message: str) -> None:
    (error,) = field_errors({"name": "abc"} | fields, Sample)
    assert (error.path, error.code, error.message) == (path, code, message)


@pytest.mark.parametrize(("fields", "path", "code", "message"), CASES)
def test_what_is_named_is_what_msgspec_refuses(fields: dict[str, Any], path: str, code: str, message: str) -> None:
    assert refuses({"name": "abc"} | fields, Sample)
    assert code in FIELD_ERROR_CODES


def test_a_value_that_fits_has_no_faults() -> None:
    value = {"name": "abc", "size": 10, "step": 0, "pair": None, "mixed": 1, "shape": {"type": "square", "side": 1}}
    assert field_errors(value, Sample) == []


def test_every_fault_is_reported_in_the_order_of_the_fields() -> None:
    errors = field_errors({"rank": "mid", "size": 11}, Sample)
    assert [(error.path, error.code) for error in errors] == [
        ("/name", "missing"),
        ("/size", "out_of_bounds"),
        ("/rank", "not_in_enum"),
    ]


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_a_value_that_is_no_object_is_one_fault_at_the_root(value: object) -> None:
    (error,) = field_errors(value, Sample)
    assert (error.path, error.code) == ("", "wrong_type")


def test_no_more_than_fifty_faults_are_collected() -> None:
    assert len(field_errors({"name": "abc", "many": ["x"] * 1000}, Sample)) == MAX_ERRORS == 50


def test_unknown_fields_are_left_alone() -> None:
    assert field_errors({"name": "abc", "weight_class": {}, "extra": [{"deep": None}]}, Sample) == []


def test_a_pointer_escapes_tilde_and_slash() -> None:
    assert pointer("/a", "b/c~d") == "/a/b~1c~0d"
    assert pointer("/a", 3) == "/a/3"


@given(st.dictionaries(st.sampled_from(names_of(Sample)), json_values, max_size=6))
def test_it_finds_a_fault_exactly_where_msgspec_refuses(value: dict[str, Any]) -> None:
    assert bool(field_errors(value, Sample)) == refuses(value, Sample)


@given(st.sampled_from(sorted(PAYLOADS)), st.data())
def test_it_agrees_with_msgspec_about_every_payload(message_type: str, data: st.DataObject) -> None:
    struct = PAYLOADS[message_type]
    changes = data.draw(st.dictionaries(st.sampled_from(names_of(struct)), json_values, max_size=3))
    value = FULL[message_type] | changes
    assert bool(field_errors(value, struct)) == refuses(value, struct)
