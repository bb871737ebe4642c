"""Publish, and wait until it is stored: for threads that have nothing else to do, as those of REST and of commands."""

from __future__ import annotations

from collections.abc import Sequence

from realtime.log.append import Append, Stored
from realtime.protocol.errors import ProtocolError
from realtime.publishing.door import publish

COMMIT_TIMEOUT_S = 10.0


def publish_and_wait(batch: Sequence[Append], timeout: float = COMMIT_TIMEOUT_S) -> list[Stored]:
    """The stored copies. Raises ProtocolError as the log does, and `timeout` when the commit takes too long.

    After `timeout` the batch may still be stored: its future is not cancelled, because the log is writing it already.
    """
    try:
        return publish(batch).result(timeout)
    except TimeoutError:
        message = f"Not stored within {timeout:g} s, and it may be yet. The same again, with the same id, is safe."
        raise ProtocolError("timeout", message) from None
