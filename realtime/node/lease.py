"""The word of this process that it lives: while its lease runs, its rows of the connection table are true."""

from __future__ import annotations

import logging
import os
import socket

from django.db import Error as DatabaseError
from django.utils import timezone

from realtime import connections, selectors
from realtime.log.writer import log_writer
from realtime.metrics.key_numbers import key_numbers
from realtime.models import Connection, Node
from realtime.node.database_thread import DatabaseThread
from realtime.node.sockets import Sockets
from realtime.node.table_writer import TableWriter
from realtime.write_errors import in_short

logger = logging.getLogger(__name__)


class Lease:
    """The node's row, renewed every KITT_LEASE_INTERVAL with the key numbers of the process."""

    def __init__(self, database: DatabaseThread, sockets: Sockets, writer: TableWriter) -> None:
        now = timezone.now()
        self.node = Node(host=socket.gethostname(), pid=os.getpid(), started_at=now, lease_renewed_at=now)
        self.database = database
        self.sockets = sockets
        self.writer = writer
        # Why the last renewal failed; empty where it did not.
        self.failure = ""

    async def renew(self) -> None:
        try:
            await self.database.run(self.write)
        except DatabaseError as error:
            self.failure = in_short(error)
            raise
        # So the log can be written, too: nobody may have sent anything since it could not.
        self.failure = log_writer.failure = ""
        if lost := await self.lost_rows():
            logger.warning("%d rows of open sockets had been closed, and are written anew", len(lost))
            self.writer.restate(lost)

    def write(self) -> None:
        connections.renew_lease(self.node, key_numbers(waiting=len(log_writer.waiting)))

    async def lost_rows(self) -> list[Connection]:
        """Of sockets that are open here and closed in the table: a sweeper took this node for dead.

        The lease had run out, or the sweeper's clock is ahead.
        """
        node_id = self.node.pk
        if await self.database.run(lambda: selectors.open_rows(node_id)) >= len(self.sockets):
            return []
        # Before the table is read: who comes meanwhile cannot be in what is read.
        written = [each.row for each in self.sockets if each.row.pk not in self.writer.pending.opened]
        open_ids = await self.database.run(lambda: selectors.open_row_ids(node_id))
        return [row for row in written if row.pk not in open_ids and row.pk in self.sockets]
