"""`error`: a failure in a system behind KITT, in the same shape as KITT's own error replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import ERRORS
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import END, Name, Seconds, Text64, Text500

# A type checker cannot read a Literal that is made from a table, and the table is to stay the only list of codes.
if TYPE_CHECKING:
    ErrorCode = str
else:
    ErrorCode = Literal[tuple(ERRORS)]

JsonPointer = Annotated[
    str,
    Meta(
        pattern="^(/([^~/]|~[01])*)*" + END,
        max_length=500,
        description="a JSON Pointer such as /items/0/width, RFC 6901",
    ),
]
Message = Annotated[str, Meta(min_length=1, max_length=500)]


class RejectedField(msgspec.Struct, kw_only=True):
    """One field that was refused: where (RFC 6901), what kind of fault, in words, and the limit that it broke."""

    path: JsonPointer | UnsetType = UNSET
    code: Name | UnsetType = UNSET
    message: Text500 | UnsetType = UNSET
    limit: float | str | UnsetType = UNSET


class ErrorReport(Payload, kw_only=True):
    """A failure (in the manner of RFC 9457). No stack traces, no secrets; `retry_after_s` is in s."""

    code: ErrorCode
    message: Message
    rejected_type: Text64 | UnsetType = UNSET
    retryable: bool | UnsetType = UNSET
    retry_after_s: Seconds | UnsetType = UNSET
    errors: Annotated[list[RejectedField], Meta(max_length=50)] | UnsetType = UNSET
