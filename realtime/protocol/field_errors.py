"""Every field of a JSON value that does not fit a msgspec type.

msgspec stops at the first fault. Senders want them all, so a refused value is walked a second time, along the type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

from realtime.protocol.errors import FieldError
from realtime.protocol.value_errors import bound_text, same_kind, value_error, wrong_kind

MAX_ERRORS = 50
"""A thousand wrong items say no more than the first fifty, and the reply must stay small."""

Collection = inspect.ListType | inspect.DictType


def field_errors(value: object, struct_type: type[msgspec.Struct]) -> list[FieldError]:
    """The first MAX_ERRORS faults of a decoded JSON value, in the order of the type's fields; [] where it fits.

    Takes JSON types, datetimes, literals, unions of different JSON types, and tagged structs; not bytes, sets or
    enums, which no message uses.
    """
    try:
        msgspec.convert(value, struct_type)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return every_error(value, struct_type)
    return []


def every_error(value: object, struct_type: type[msgspec.Struct]) -> list[FieldError]:
    """The same for a value that is known not to fit: the walk takes 15 us for an envelope, and msgspec one."""
    return list(islice(_walk(value, _type_info(struct_type), ""), MAX_ERRORS))


@cache
def _type_info(struct_type: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(struct_type)


def pointer(path: str, key: str | int) -> str:
    """The JSON Pointer (RFC 6901) of an entry of the object or array at `path`."""
    return f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _walk(value: object, kind: inspect.Type, path: str, description: str = "") -> Iterator[FieldError]:
    match kind:
        case inspect.Metadata():
            yield from _walk(value, kind.type, path, (kind.extra_json_schema or {}).get("description", description))
        case _ if not same_kind(value, kind):
            yield FieldError(path, "wrong_type", wrong_kind(value, kind))
        case inspect.UnionType():
            yield from _walk_union(value, kind, path, description)
        case inspect.StructType() if isinstance(value, dict):
            yield from _walk_struct(value, kind, path)
        case inspect.ListType() if isinstance(value, list):
            yield from _walk_entries(enumerate(value), len(value), kind, kind.item_type, path)
        case inspect.DictType() if isinstance(value, dict):
            yield from _walk_entries(value.items(), len(value), kind, kind.value_type, path)
        case _:
            if error := value_error(value, kind, description):
                yield FieldError(path, *error)


def _walk_entries(
    entries: Iterable[tuple[str | int, object]], count: int, kind: Collection, entry_kind: inspect.Type, path: str
) -> Iterator[FieldError]:
    least, most = kind.min_length or 0, kind.max_length
    if count < least or (most is not None and count > most):
        yield FieldError(path, "out_of_bounds", f"must have {bound_text(least, most)} entries")
    for key, entry in entries:
        yield from _walk(entry, entry_kind, pointer(path, key))


def _walk_union(value: object, union: inspect.UnionType, path: str, description: str) -> Iterator[FieldError]:
    """Follow the branch that the value's JSON type, or else its tag, points at."""
    branches = [branch for branch in union.types if same_kind(value, branch)]
    structs = {branch.tag: branch for branch in branches if isinstance(branch, inspect.StructType)}
    if len(structs) < 2 or not isinstance(value, dict):
        yield from _walk(value, branches[0], path, description)
        return
    tag_field = str(next(iter(structs.values())).tag_field)
    tag = value.get(tag_field)
    if isinstance(tag, str) and tag in structs:
        yield from _walk_struct(value, structs[tag], path)
    else:
        yield from _tag_error(value, tag_field, sorted(map(str, structs)), path)


def _walk_struct(value: dict[str, Any], struct: inspect.StructType, path: str) -> Iterator[FieldError]:
    if struct.tag_field in value and value[struct.tag_field] != struct.tag:
        yield from _tag_error(value, struct.tag_field, [str(struct.tag)], path)
    for field in struct.fields:
        name = field.encode_name
        if name in value:
            yield from _walk(value[name], field.type, pointer(path, name))
        elif field.required:
            yield FieldError(pointer(path, name), "missing", "is required")


def _tag_error(value: dict[str, Any], tag_field: str, tags: list[str], path: str) -> Iterator[FieldError]:
    path, names = pointer(path, tag_field), inspect.LiteralType(tuple(tags))
    if tag_field not in value:
        yield FieldError(path, "missing", "is required")
    else:
        yield from _walk(value[tag_field], names, path)
