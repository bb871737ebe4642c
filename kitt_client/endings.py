"""What the end of a connection means. No I/O."""

from __future__ import annotations

from kitt_client.advice import ABNORMAL, TOO_MANY_BAD_FRAMES, may_return
from kitt_client.errors import Refused
from kitt_client.frames import Goodbye, Refusal


class Ended(Exception):
    """The server closed the connection, or the line broke."""

    def __init__(self, code: int, reason: str, retry_after_ms: int | None) -> None:
        super().__init__(f"closed with {code} {reason}".rstrip())
        self.code = code
        self.retry_after_ms = retry_after_ms


def end_of(code: int | None, reason: str | None, goodbye: Goodbye | None, complaint: Refusal | None) -> Ended | Refused:
    """What an end means; the `disconnect` frame says more than the close, whose reason some servers drop."""
    code = goodbye.code if goodbye else code or ABNORMAL
    reason = (goodbye.reason if goodbye else reason) or ""
    if code == TOO_MANY_BAD_FRAMES:
        # The refused messages were taken out of the outbox, so this client does not come back unchanged.
        return Ended(code, reason, None)
    if may_return(code) and (goodbye is None or goodbye.reconnect):
        return Ended(code, reason, goodbye.retry_after_ms if goodbye else None)
    if complaint is not None:
        reason = "; ".join([reason, *(f"{error.path} {error.message}" for error in complaint.errors)])
    return Refused(code, reason)
