"""Buffers what happens to this process's sockets, and writes it into the connection table in batches."""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import datetime

from django.db import Error as DatabaseError

from realtime.conf import kitt_settings
from realtime.connections import Changes, Close, write_changes
from realtime.models import Connection
from realtime.node.database_thread import DatabaseThread
from realtime.write_errors import in_short

logger = logging.getLogger(__name__)

RETRY_DELAY_S = 1.0


class TableWriter:
    """Opens and closes are written at once, with whatever else waits; heartbeats every KITT_FLUSH_INTERVAL.

    While the database fails, the changes are kept. They stay bounded: an open socket has one of each kind at most,
    and one that came and went unwritten has none.
    """

    def __init__(self, database: DatabaseThread) -> None:
        self.database = database
        self.pending = Changes({}, {}, {})
        # Why the last write failed; empty where it did not.
        self.failure = ""
        self.wake = asyncio.Event()
        self.waiting: dict[uuid.UUID, asyncio.Future[None]] = {}

    async def opened(self, row: Connection, *, patience: float) -> None:
        """Returns when the row is in the table, or after `patience` seconds: a slow database holds up no socket."""
        written = self.waiting[row.pk] = asyncio.get_running_loop().create_future()
        self.pending.opened[row.pk] = row
        self.wake.set()
        try:
            async with asyncio.timeout(patience):
                await written
        except TimeoutError:
            logger.warning("connection=%s is not in the table after %s s", row.pk, patience)
        finally:
            del self.waiting[row.pk]

    def heartbeat(self, connection_id: uuid.UUID, at: datetime) -> None:
        self.pending.heartbeats[connection_id] = at

    def closed(self, connection_id: uuid.UUID, close: Close) -> None:
        self.pending.heartbeats.pop(connection_id, None)
        self.pending.closed.setdefault(connection_id, close)
        self.wake.set()

    def restate(self, rows: list[Connection]) -> None:
        """Write these open sockets again: somebody took this node for dead and closed their rows."""
        self.pending.opened.update({row.pk: row for row in rows})
        self.wake.set()

    async def run(self) -> None:
        """Writes until it is cancelled."""
        while True:
            try:
                async with asyncio.timeout(kitt_settings().flush_interval):
                    await self.wake.wait()
            except TimeoutError:
                pass
            if not await self.flush():
                await asyncio.sleep(RETRY_DELAY_S)

    async def flush(self) -> bool:
        """Write what is pending in one transaction. When the database fails, keep it and return False."""
        self.wake.clear()
        changes, self.pending = self.pending, Changes({}, {}, {})
        if not changes:
            self.failure = ""
            return True
        try:
            await self.database.run(lambda: write_changes(changes))
        except Exception as error:
            self.keep(changes)
            self.fail(error)
            return False
        except BaseException:
            # Cancelled at a stop: what is kept is written once more then, which does no harm.
            self.keep(changes)
            raise
        if self.failure:
            logger.info("connection table written again")
        self.failure = ""
        self.tell(changes)
        return True

    def fail(self, error: Exception) -> None:
        """Said once: on a full disk, a line a second would not help."""
        if not self.failure:
            unexpected = not isinstance(error, DatabaseError)
            logger.error(
                "connection table not written, %d changes wait: %s", self.pending.size, error, exc_info=unexpected
            )
        self.failure = in_short(error)

    def keep(self, changes: Changes) -> None:
        self.pending = merge(changes, self.pending)
        self.wake.set()

    def tell(self, changes: Changes) -> None:
        for connection_id in changes.opened:
            written = self.waiting.get(connection_id)
            if written is not None and not written.done():
                written.set_result(None)


def merge(older: Changes, newer: Changes) -> Changes:
    """Both together, less the sockets that came and went before they were written.

    The close of a row that is in the table already (it is being restated) must not get lost.
    """
    closed = older.closed | newer.closed
    opened = older.opened | newer.opened
    gone_unwritten = {key for key in opened.keys() & closed.keys() if opened[key]._state.adding}
    return Changes(
        {key: row for key, row in opened.items() if key not in gone_unwritten},
        {key: at for key, at in (older.heartbeats | newer.heartbeats).items() if key not in closed},
        {key: close for key, close in closed.items() if key not in gone_unwritten},
    )
