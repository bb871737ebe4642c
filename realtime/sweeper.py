"""The sweeper: one pass over the connection table, run by every server process and by `manage.py sweep_connections`."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models.functions import Now

from realtime.models import Connection, lease_holds
from realtime.protocol import close_codes


class SweepResult(NamedTuple):
    """`reaped` rows of dead nodes were closed; the owners of `asked` silent sockets were asked to close them."""

    reaped: int
    asked: int


def sweep_once(
    now: datetime | Now, *, timeout: float, flush_slack: float, host: uuid.UUID | None = None
) -> SweepResult:
    """Close the rows of nodes whose lease ran out; ask live nodes to close sockets silent for `timeout` seconds.

    `flush_slack` (seconds) is added to the timeout, because the table learns of a heartbeat only when its node
    flushes. The owner checks again before it closes: what it knows is newer than the table.
    `host` is the node that sweeps, if a node does: it lives, even when it could not renew its lease.
    """
    dead = Connection.objects.open().exclude(lease_holds(now, "node__"))
    if host is not None:
        dead = dead.exclude(node_id=host)
    reaped = dead.update(closed_at=now, close_code=close_codes.ABNORMAL)
    silent_since = now - timedelta(seconds=timeout + flush_slack)
    asked = (
        Connection.objects.live(now)
        .filter(last_heartbeat__lt=silent_since, close_requested_code=None)
        .update(close_requested_code=close_codes.HEARTBEAT_MISSED)
    )
    return SweepResult(reaped, asked)
