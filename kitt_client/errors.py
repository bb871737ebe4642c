"""What can go wrong, as seen by the user.

KittError
    Refused           the server said not to come back unchanged; the endpoint is given up
    PublishRefused    this message is not acceptable; the others go on
    PublishTimeout    no answer in time (a TimeoutError too); the message may or may not be stored
    Closed            the Kitt is not open (any more)
"""

from __future__ import annotations

from typing import NamedTuple


class KittError(Exception):
    """The base of all errors of this package."""


class Refused(KittError):
    """The server does not want this client, or not like this.

    `code` is a close code from 4000 to 4099, or the HTTP status of a refused handshake.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code} {self.reason}"


class FieldError(NamedTuple):
    """One offending field of a message: a JSON Pointer, a code, a sentence."""

    path: str
    code: str
    message: str


class PublishRefused(KittError):
    """A message that the server will not store, however often it is sent."""

    def __init__(self, code: str, message: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(code, message, errors)
        self.code = code
        self.message = message
        self.errors = errors

    def __str__(self) -> str:
        fields = "".join(f"; {error.path} {error.message}" for error in self.errors)
        return f"{self.code}: {self.message}{fields}"


class PublishTimeout(KittError, TimeoutError):
    """No answer in time. Publish again with the same `id`: if it was stored, the stored copy is the answer."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return f"no answer in time to the message {self.id}"


class Closed(KittError):
    """The Kitt is not inside its `async with`."""
