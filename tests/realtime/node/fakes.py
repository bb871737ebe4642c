"""What stands in for a consumer."""

from __future__ import annotations

import math

from realtime.auth.identity import ANYBODY
from realtime.models import Connection
from realtime.node.process import NodeProcess


class FakeSocket:
    """Remembers what it was told to do."""

    def __init__(self, row: Connection | None = None, *, last_seen: float = 0, last_ping: float = 0) -> None:
        self.row = row or Connection()
        self.identity = ANYBODY
        self.expires = math.inf
        self.last_seen = last_seen
        self.last_ping = last_ping
        self.channel_name = "fake"
        self.offset = 0
        self.pings = 0
        self.closed_with: list[int] = []
        self.over = 0.0
        self.abandoned = False

    async def ping(self) -> None:
        self.pings += 1

    async def close_with(self, code: int, over: float = 1.0) -> None:
        self.closed_with.append(code)
        self.over = over

    def abandon(self) -> None:
        self.abandoned = True


async def saved(process: NodeProcess, row: Connection) -> Connection:
    return await process.database.run(lambda: Connection.objects.get(pk=row.pk))
