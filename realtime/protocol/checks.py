"""Whether a payload fits its type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

import msgspec

from realtime.protocol.errors import FieldError
from realtime.protocol.field_errors import MAX_ERRORS, every_error
from realtime.protocol.payloads.base import Payload


def check_payload(payload: dict[str, Any], payload_type: type[Payload], *, now: datetime) -> list[FieldError]:
    """At most MAX_ERRORS faults, each with a JSON Pointer into the payload; [] where it fits.

    Fields are checked one by one first; the rules between them only where each alone is right. `now` is the server's
    clock, with an offset. The payload is left as it is. Lone surrogates, which Python's json module lets through and
    msgspec's does not, are refused where a name, a time or an enum is wanted.
    """
    try:
        typed = msgspec.convert(payload, payload_type)
    except (msgspec.ValidationError, UnicodeEncodeError) as refusal:
        found = [*_none_of(payload, payload_type), *every_error(payload, payload_type)]
        return found[:MAX_ERRORS] or [FieldError("", "bad_format", f"cannot be read: {refusal}")]
    return list(islice(chain(_none_of(payload, payload_type), typed.contradictions(now)), MAX_ERRORS))


def _none_of(payload: dict[str, Any], payload_type: type[Payload]) -> Iterator[FieldError]:
    names = payload_type.one_of
    if names and not any(name in payload for name in names):
        yield FieldError(f"/{names[0]}", "missing", f"one of {', '.join(names)} is required")
