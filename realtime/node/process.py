"""This server process as a node of the connection table."""

from __future__ import annotations

import asyncio
import atexit
import logging
import time
import uuid
from collections import defaultdict
from functools import partial

from channels.layers import get_channel_layer
from django.db import Error as DatabaseError
from django.db.models.functions import Now
from django.utils import timezone

from realtime import connections, selectors
from realtime.auth.identity import Identity
from realtime.auth.revocations import Revoked, all_in_force
from realtime.conf import kitt_settings
from realtime.connections import Close
from realtime.log.append import Stored
from realtime.log.writer import log_writer
from realtime.metrics.counted import SWEEPS, SWEPT_CONNECTIONS
from realtime.metrics.folder import FLUSH_S
from realtime.metrics.sharing import sharing
from realtime.node.buckets import Buckets
from realtime.node.database_thread import DatabaseThread, with_fresh_connection
from realtime.node.feeds import Feeds
from realtime.node.lease import Lease
from realtime.node.loops import every
from realtime.node.mailbox import Mailbox
from realtime.node.places import Places
from realtime.node.sockets import SHARES, Sockets
from realtime.node.table_writer import TableWriter
from realtime.protocol import close_codes
from realtime.sweeper import sweep_once

logger = logging.getLogger(__name__)

TICK_S = 1.0
REVOCATIONS_S = 0.5
"""Between two looks: a revocation counts within a second."""
RETURNS_PER_S = 1000
"""How many clients a drain sends away in a second; one process takes in 1,500 (bench/README.md)."""
GOODBYE_TIMEOUT_S = 2.0
"""For clients that do not read, after the others were told."""
EXIT_TIMEOUT_S = 3.0
ROWS_STAY = "rows stay open until the lease runs out: %s"


class NodeProcess:
    """Owns the sockets of a server process, and the tasks that keep the table true about them."""

    def __init__(self) -> None:
        self.sockets = Sockets()
        self.places = Places()
        self.buckets = Buckets()
        self.database = DatabaseThread()
        self.writer = TableWriter(self.database)
        self.lease = Lease(self.database, self.sockets, self.writer)
        self.node = self.lease.node
        self.feeds = Feeds(self.database, self.reset)
        self.revoked: Revoked | None = None
        self.stopping = False
        self.tasks: list[asyncio.Task[None]] = []

    @property
    def id(self) -> uuid.UUID:
        found: uuid.UUID = self.node.pk
        return found

    def start(self) -> None:
        """Called once, on the loop that serves the sockets."""
        settings = kitt_settings()
        self.loop = asyncio.get_running_loop()
        self.mailbox = Mailbox(self.loop)
        log_writer.listeners.append(self.on_stored)
        # The lease comes first: a connection's row points to its node's.
        works = (
            every(settings.lease_interval, self.lease.renew),
            every(TICK_S / SHARES, self.check_sockets),
            every(TICK_S, self.obey_close_requests),
            every(REVOCATIONS_S, self.obey_revocations),
            every(settings.sweep_interval, self.sweep),
            every(settings.poll_interval, self.feeds.poll),
            every(0, self.feeds.tell_others),
            self.writer.run(),
            every(FLUSH_S, sharing.write),
        )
        self.tasks = [asyncio.ensure_future(work) for work in works]
        atexit.register(self.stop_at_exit)
        logger.info("node started node=%s host=%s pid=%s", self.id, self.node.host, self.node.pid)

    @property
    def write_failure(self) -> str:
        """Why this process cannot write; empty where it can."""
        return log_writer.failure or self.writer.failure or self.lease.failure

    def on_stored(self, stored: list[Stored]) -> None:
        """On the log writer's thread."""
        self.mailbox.post(partial(self.feeds.take_stored, stored, time.time()))

    async def reset(self, endpoint: str) -> None:
        self.sockets.close_endpoint(endpoint, close_codes.STREAM_RESET)

    async def check_sockets(self) -> None:
        """Each socket once a second."""
        sockets = self.sockets.next_share()
        self.sockets.check_silence(sockets)
        self.sockets.check_expiry(sockets)
        self.sockets.abandon_stuck(sockets)
        self.sockets.catch_up(sockets)

    async def obey_close_requests(self) -> None:
        requests = await self.database.run(lambda: selectors.close_requests(self.id))
        unfounded = defaultdict[int, list[uuid.UUID]](list)
        for connection_id, code in requests.items():
            if connection_id not in self.sockets:
                # Its close is on its way, or got lost.
                self.writer.closed(connection_id, Close(timezone.now(), close_codes.ABNORMAL))
            elif not self.sockets.close(connection_id, code):
                unfounded[code].append(connection_id)
        for code, connection_ids in unfounded.items():
            await self.database.run(partial(connections.withdraw_close_requests, connection_ids, code))

    async def obey_revocations(self) -> None:
        self.revoked = await self.database.run(all_in_force)
        self.sockets.close_revoked(self.revoked)

    async def is_revoked(self, identity: Identity) -> bool:
        """As the table was read within the last second; a process that has just started reads it now."""
        if self.revoked is None:
            await self.obey_revocations()
        return self.revoked is not None and self.revoked.covers(identity)

    async def sweep(self) -> None:
        settings = kitt_settings()
        sweep = partial(sweep_once, timeout=settings.stale_after, flush_slack=settings.flush_slack, host=self.id)
        result = await self.database.run(lambda: sweep(Now()))
        SWEEPS.add()
        SWEPT_CONNECTIONS.add(("reaped",), result.reaped)
        SWEPT_CONNECTIONS.add(("asked",), result.asked)
        if any(result):
            logger.info("swept reaped=%d asked=%d", *result)

    async def drain(self, at_most: float) -> None:
        """Take no new sockets, and send every client away, spread over `at_most` seconds: it comes back elsewhere.

        No faster than other processes can take them in, no slower than KITT_DRAIN_TIME.
        """
        self.stopping = True
        over = min(at_most, kitt_settings().drain_time, len(self.sockets) / RETURNS_PER_S)
        try:
            async with asyncio.timeout(over + GOODBYE_TIMEOUT_S):
                await self.sockets.close_all(close_codes.SERVER_RESTARTING, over)
        except TimeoutError:
            logger.warning("not told of the stop, because they do not read: %d clients", len(self.sockets))
            self.sockets.abandon_all()

    async def finish(self) -> None:
        await self.drain(at_most=0)
        log_writer.forget(self.on_stored)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await get_channel_layer().close()

    async def stop(self) -> None:
        """Close every socket and row, and end the lease. For servers that tell when they stop."""
        # What clients handed over is committed: when they send it again elsewhere, they are answered with it.
        await asyncio.to_thread(log_writer.stop)
        await self.finish()
        try:
            await self.database.run(self.close_table)
        except DatabaseError as error:
            logger.error(ROWS_STAY, error)
        try:
            await sharing.write()
        except OSError as error:
            logger.error("the numbers of the last second are lost: %s", error)
        self.database.stop()
        self.feeds.reader.stop()
        atexit.unregister(self.stop_at_exit)

    def stop_at_exit(self) -> None:
        """The same at the exit of the interpreter: daphne and the autoreloader tell nobody that they stop.

        Under the autoreloader the loop still runs, in a daemon thread: its clients can be told.
        """
        self.stopping = True
        if self.loop.is_running():
            self.finish_from_outside()
        try:
            with_fresh_connection(self.close_table)
        except DatabaseError as error:
            logger.error(ROWS_STAY, error)

    def finish_from_outside(self) -> None:
        finished = asyncio.run_coroutine_threadsafe(self.finish(), self.loop)
        try:
            finished.result(EXIT_TIMEOUT_S)
        except TimeoutError:
            logger.warning("not every client could be told of the stop in %s s", EXIT_TIMEOUT_S)

    def close_table(self) -> None:
        connections.write_changes(self.writer.pending)
        self.lease.write()
        rows = connections.close_node(self.id, timezone.now(), close_codes.SERVER_RESTARTING)
        logger.info("node stopped node=%s rows_closed=%d", self.id, rows)
