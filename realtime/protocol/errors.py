"""The one table of error codes, and the exception that carries a row of it.

ProtocolError
    code              a key of ERRORS
    message           what to tell a person
    errors            the offending fields, each with a JSON Pointer (RFC 6901)
    correlation_id    that of the refused frame, where it can be read
    rejected_type     the type of the refused frame, where it can be read
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One offending field.

    `path` is a JSON Pointer: into the frame for `invalid_envelope`, into the payload for `validation_failed`.
    `code` is one of FIELD_ERROR_CODES.
    """

    path: str
    code: str
    message: str


FIELD_ERROR_CODES = {
    "missing": "a required field is not there",
    "wrong_type": "another JSON type was expected",
    "out_of_bounds": "a number, a length or a count is outside its bounds",
    "bad_format": "a string does not have the form it needs",
    "not_in_enum": "the value is not one of those allowed",
    "not_allowed": "a field that only the server sets",
    "inconsistent": "two fields contradict each other",
}


class ErrorInfo(NamedTuple):
    """What a code says when nothing more exact is known, and whether sending the same again may help."""

    message: str
    retryable: bool


ERRORS = {
    "invalid_json": ErrorInfo("The frame is not valid JSON text.", retryable=False),
    "invalid_envelope": ErrorInfo("The frame is not a valid envelope.", retryable=False),
    "unknown_type": ErrorInfo("No message type has this name.", retryable=False),
    "wrong_endpoint": ErrorInfo("This endpoint does not take messages of this type.", retryable=False),
    "validation_failed": ErrorInfo("The payload does not fit its type.", retryable=False),
    "unauthorized": ErrorInfo("A valid token is needed.", retryable=False),
    "forbidden": ErrorInfo("The token does not allow this.", retryable=False),
    "not_found": ErrorInfo("There is nothing here.", retryable=False),
    "conflict": ErrorInfo("The same id was used for another message.", retryable=False),
    "duplicate": ErrorInfo("The message is already known.", retryable=False),
    "stale_sequence": ErrorInfo("A newer message has already been accepted.", retryable=False),
    "rate_limited": ErrorInfo("Too many messages in a short time.", retryable=True),
    "too_large": ErrorInfo("The message is too large.", retryable=False),
    "unsupported_version": ErrorInfo("This version of the protocol is not spoken here.", retryable=False),
    "upstream_unavailable": ErrorInfo("A system behind KITT does not answer.", retryable=True),
    "storage_full": ErrorInfo("There is no room to store it.", retryable=True),
    "timeout": ErrorInfo("A system behind KITT took too long.", retryable=True),
    "internal": ErrorInfo("Something went wrong inside KITT.", retryable=True),
}


class ProtocolError(Exception):
    """A frame that is refused; the connection stays open."""

    def __init__(self, code: str, message: str = "", errors: Sequence[FieldError] = ()) -> None:
        self.code = code
        self.message = message or ERRORS[code].message
        self.errors = tuple(errors)
        self.correlation_id: str | None = None
        self.rejected_type: str | None = None
        super().__init__(f"{code}: {self.message}")

    @property
    def retryable(self) -> bool:
        return ERRORS[self.code].retryable

    @property
    def paths(self) -> str:
        """The offending fields in one line."""
        return " ".join(error.path for error in self.errors)
