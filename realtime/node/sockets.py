"""The sockets that this process holds, and the rules of silence."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Coroutine, Iterable, Iterator
from typing import Any, Protocol

from realtime.auth.identity import Identity
from realtime.auth.revocations import Revoked
from realtime.conf import kitt_settings
from realtime.models import Connection
from realtime.protocol import close_codes

SHARES = 10


class Socket(Protocol):
    """What a node needs of a consumer. Times are seconds of time.monotonic()."""

    row: Connection
    identity: Identity
    task: asyncio.Task[None]
    expires: float
    last_seen: float
    last_ping: float
    sending_since: float | None

    async def ping(self) -> None: ...

    async def close_with(self, code: int, over: float = 1.0) -> None: ...

    def abandon(self) -> None: ...

    def catch_up(self) -> None: ...


class Sockets:
    """Open sockets by connection id."""

    def __init__(self) -> None:
        self.by_id: dict[uuid.UUID, Socket] = {}
        self.turn = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self.by_id)

    def __contains__(self, connection_id: uuid.UUID) -> bool:
        return connection_id in self.by_id

    def __iter__(self) -> Iterator[Socket]:
        return iter(list(self.by_id.values()))

    def add(self, socket: Socket) -> None:
        self.by_id[socket.row.pk] = socket

    def remove(self, connection_id: uuid.UUID) -> None:
        self.by_id.pop(connection_id, None)

    def next_share(self) -> list[Socket]:
        """A tenth of the sockets, another one at each call: 1,700 pings at once held up all 10,000 for 100 ms."""
        self.turn = (self.turn + 1) % SHARES
        return list(self.by_id.values())[self.turn :: SHARES]

    def check_silence(self, sockets: Iterable[Socket]) -> None:
        """Ping who has been silent for KITT_HEARTBEAT_INTERVAL; close who has been silent for KITT_STALE_AFTER."""
        settings, now = kitt_settings(), time.monotonic()
        for socket in sockets:
            if now - socket.last_seen >= settings.stale_after:
                self.start(socket.close_with(close_codes.HEARTBEAT_MISSED))
            elif now - max(socket.last_seen, socket.last_ping) >= settings.heartbeat_interval:
                socket.last_ping = now
                self.start(socket.ping())

    def check_expiry(self, sockets: Iterable[Socket]) -> None:
        """Close whose token has run out."""
        now = time.monotonic()
        for socket in sockets:
            if socket.expires <= now:
                self.start(socket.close_with(close_codes.TOKEN_EXPIRED))

    def close_revoked(self, revoked: Revoked) -> None:
        if any(revoked):
            for socket in self:
                if revoked.covers(socket.identity):
                    self.start(socket.close_with(close_codes.REVOKED))

    def catch_up(self, sockets: Iterable[Socket]) -> None:
        """A message that got lost on its way to a socket, with no later one to show it, is sent from the log."""
        for socket in sockets:
            socket.catch_up()

    def abandon_stuck(self, sockets: Iterable[Socket]) -> None:
        """End whose server has waited for its client to read for KITT_SEND_TIMEOUT."""
        limit, now = kitt_settings().send_timeout, time.monotonic()
        for socket in sockets:
            if socket.sending_since is not None and now - socket.sending_since >= limit:
                socket.abandon()

    def abandon_all(self) -> None:
        for socket in self:
            socket.abandon()

    def close(self, connection_id: uuid.UUID, code: int) -> bool:
        """Close a socket because somebody asked for it. Returns False when there is no reason to.

        A sweeper asks on the word of the table, which may be older than what is known here.
        """
        socket = self.by_id.get(connection_id)
        if socket is None:
            return False
        if code == close_codes.HEARTBEAT_MISSED and not is_silent(socket):
            return False
        self.start(socket.close_with(code))
        return True

    def close_endpoint(self, endpoint: str, code: int) -> None:
        for socket in self:
            if socket.row.endpoint == endpoint:
                self.start(socket.close_with(code))

    async def close_all(self, code: int, over: float) -> None:
        """Each at a moment of its own in the next `over` seconds, to come back within as long, or within a second."""
        await asyncio.gather(*(close_late(socket, code, over) for socket in self), return_exceptions=True)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


async def close_late(socket: Socket, code: int, over: float) -> None:
    await asyncio.sleep(random.uniform(0, over))  # noqa: S311
    await socket.close_with(code, max(1.0, over))


def is_silent(socket: Socket) -> bool:
    return time.monotonic() - socket.last_seen >= kitt_settings().stale_after
