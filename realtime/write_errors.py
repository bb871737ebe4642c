"""Why the database does not take what is written."""

from __future__ import annotations

import sqlite3

from django.db import Error as DatabaseError

from realtime.protocol.errors import ProtocolError

DISK_FULL = "53100"
"""PostgreSQL's: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def is_full(error: DatabaseError) -> bool:
    """Whether there is no room: on the disk, in a quota, or below SQLite's own limit."""
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", "") == DISK_FULL
    )


def refusal(error: DatabaseError) -> ProtocolError:
    """What a sender is told of a write that may work later."""
    if is_full(error):
        return ProtocolError("storage_full", "There is no room to store it. Send the message again later.")
    return ProtocolError(
        "upstream_unavailable", "The database does not answer. Send the message again, with the same id."
    )


def in_short(error: Exception) -> str:
    """For /health: no text of the database's, which may hold an address or a password."""
    return "no room to write" if isinstance(error, DatabaseError) and is_full(error) else "the last write failed"
