"""A connection to PostgreSQL that never waits forever."""

from __future__ import annotations

import time
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen

from realtime.conf import kitt_settings


class BoundedConnection(Connection[Any]):
    """Breaks when the server has been silent for KITT_DATABASE_TIMEOUT in the middle of a statement.

    The server ends statements that take too long by itself, but not where it stands still, or the network is cut: then
    TCP, too, notices nothing for many minutes, or ever, and the thread would be lost.
    """

    is_patient = False

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        if self.is_patient:
            return super().wait(gen, *args, **options)
        try:
            return super().wait(bounded(gen, kitt_settings().database_timeout), *args, **options)
        except SilenceError:
            # What it was asked may still be answered: to somebody who has asked something else by then.
            self.pgconn.finish()
            raise


class SilenceError(OperationalError):
    """The server said nothing for too long."""


def bounded(gen: PQGen[RV], seconds: float) -> PQGen[RV]:
    """The same, as long as the server is never silent for that long. psycopg looks ten times a second."""
    deadline = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                deadline = now + seconds
            elif now >= deadline:
                raise SilenceError(f"no answer from the server for {seconds:g} s")
            wanted = gen.send(ready)
    except StopIteration as end:
        result: RV = end.value
        return result
