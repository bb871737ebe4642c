"""What is wrong with one value, said in a plain sentence that names the bound."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from msgspec import inspect

Fault = tuple[str, str]
"""A key of FIELD_ERROR_CODES and a sentence."""
Number = inspect.IntType | inspect.FloatType

_JSON_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    str: "text",
    int: "a whole number",
    float: "a decimal number",
    list: "an array",
    dict: "an object",
}
_WANTED: dict[type[inspect.Type], tuple[str, tuple[type, ...]]] = {
    inspect.StrType: ("text", (str,)),
    inspect.DateTimeType: ("text", (str,)),
    inspect.IntType: ("a whole number", (int,)),
    inspect.FloatType: ("a number", (int, float)),
    inspect.BoolType: ("true or false", (bool,)),
    inspect.NoneType: ("null", (type(None),)),
    inspect.ListType: ("an array", (list,)),
    inspect.DictType: ("an object", (dict,)),
    inspect.StructType: ("an object", (dict,)),
}


def same_kind(value: object, kind: inspect.Type) -> bool:
    """Whether a value has the JSON type that is wanted, whatever its content."""
    match kind:
        case inspect.Metadata():
            return same_kind(value, kind.type)
        case inspect.UnionType():
            return any(same_kind(value, branch) for branch in kind.types)
        case inspect.LiteralType():
            return type(value) in {type(choice) for choice in kind.values}
    return type(kind) not in _WANTED or type(value) in _WANTED[type(kind)][1]


def wrong_kind(value: object, kind: inspect.Type) -> str:
    """The sentence for a value of another JSON type than the wanted one."""
    found = _JSON_NAMES.get(type(value), "something else")
    return f"must be {' or '.join(_wanted_names(kind))}, not {found}"


def value_error(value: object, kind: inspect.Type, description: str) -> Fault | None:
    """What is wrong with a text, number or time that has the right JSON type; None where it fits."""
    match kind:
        case inspect.StrType() if isinstance(value, str):
            return _text_error(value, kind, description)
        case inspect.IntType() | inspect.FloatType() if isinstance(value, (int, float)):
            return _number_error(value, kind)
        case inspect.DateTimeType() if isinstance(value, str):
            return _time_error(value, kind)
        case inspect.LiteralType() if value not in kind.values:
            return "not_in_enum", f"must be one of {', '.join(map(str, kind.values))}"
    return None


def bound_text(least: int, most: int | None) -> str:
    """The bounds of a length or a count in words."""
    if most is None:
        return f"at least {least}"
    if least == most:
        return f"exactly {least}"
    return f"{least} to {most}" if least else f"at most {most}"


def _wanted_names(kind: inspect.Type) -> list[str]:
    match kind:
        case inspect.Metadata():
            return _wanted_names(kind.type)
        case inspect.UnionType():
            return list(dict.fromkeys(name for branch in kind.types for name in _wanted_names(branch)))
        case inspect.LiteralType():
            return list(dict.fromkeys(_JSON_NAMES[type(choice)] for choice in kind.values))
    return [_WANTED[type(kind)][0]]


def _text_error(value: str, kind: inspect.StrType, description: str) -> Fault | None:
    least, most = kind.min_length or 0, kind.max_length
    if len(value) < least or (most is not None and len(value) > most):
        return "out_of_bounds", f"must have {bound_text(least, most)} characters"
    if kind.pattern and not re.search(kind.pattern, value):
        return "bad_format", f"must be {description}" if description else f"must match {kind.pattern}"
    return None


def _number_error(value: float, kind: Number) -> Fault | None:
    sides = (
        ("greater than", kind.gt, kind.gt is None or value > kind.gt),
        ("at least", kind.ge, kind.ge is None or value >= kind.ge),
        ("less than", kind.lt, kind.lt is None or value < kind.lt),
        ("at most", kind.le, kind.le is None or value <= kind.le),
    )
    if not all(kept for _, _, kept in sides):
        bounds = " and ".join(f"{words} {bound}" for words, bound, _ in sides if bound is not None)
        return "out_of_bounds", f"must be {bounds}"
    if isinstance(kind, inspect.FloatType) and not _fits_a_double(value):
        return "out_of_bounds", "must be within the range of a 64-bit float"
    return None


def _fits_a_double(value: float) -> bool:
    # JSON integers have no upper end, and msgspec decodes them as Python integers.
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _time_error(value: str, kind: inspect.DateTimeType) -> Fault | None:
    try:
        time = msgspec.convert(value, datetime)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return "bad_format", "must be a time in RFC 3339 form, such as 2026-03-01T08:00:00Z"
    if kind.tz is not None and kind.tz != (time.tzinfo is not None):
        return "bad_format", f"must {'' if kind.tz else 'not '}have an offset, such as Z or +01:00"
    return None
