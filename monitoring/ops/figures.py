"""What the operators' page shows, from the tables that all processes share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from realtime import selectors
from realtime.conf import kitt_settings
from realtime.metrics.counted import COMMIT_MESSAGES, COMMIT_SECONDS, DELIVERY_SECONDS
from realtime.models import Connection
from realtime.protocol import close_codes
from realtime.protocol.close_codes import ABNORMAL, REASONS

WITHIN = timedelta(hours=1)
MAX_NODES = 50
MAX_CONNECTIONS = 20
OTHER_REASONS = {
    1000: "closed by the client",
    1001: "the client went away",
    ABNORMAL: "ended without a close frame",
    None: "without a code",
}
SENT_AWAY = (
    close_codes.TOO_MANY_BAD_FRAMES,
    close_codes.REVOKED,
    close_codes.OVER_CAPACITY,
    close_codes.RATE_LIMITED,
    close_codes.SLOW_CONSUMER,
    close_codes.HEARTBEAT_MISSED,
)
"""The codes of clients that were slow, silent or refused. One refused before its welcome is in no table."""


BOUNDS = {
    "delivery_seconds": DELIVERY_SECONDS.bounds,
    "commit_seconds": COMMIT_SECONDS.bounds,
    "commit_messages": COMMIT_MESSAGES.bounds,
}
"""Of the histograms among a node's numbers."""


def figures() -> dict[str, Any]:
    """Counts are of now; disconnects are those of the last hour."""
    return {
        "at": timezone.now(),
        "lease_interval_s": kitt_settings().lease_interval,
        "lease_timeout_s": kitt_settings().lease_timeout,
        "bounds": BOUNDS,
        "connections": selectors.live_by_endpoint(),
        "heads": selectors.stream_heads(),
        "nodes": nodes(),
        "disconnects": disconnects(),
        "sent_away": [ended(row) for row in selectors.recently_closed(WITHIN, *SENT_AWAY)[:MAX_CONNECTIONS]],
        "newest": [connected(row) for row in newest_connections()],
    }


def newest_connections() -> Iterable[Connection]:
    return selectors.live_connections().select_related("node").defer("node__numbers")[:MAX_CONNECTIONS]


def nodes() -> list[dict[str, Any]]:
    """The newest first. `numbers` only of those that told them lately: the last ones of a dead node are not of now."""
    lately = timedelta(seconds=2 * kitt_settings().lease_interval)
    return [
        {
            "id": str(row["id"]),
            "host": row["host"],
            "pid": row["pid"],
            "started_at": row["started_at"],
            "state": "alive" if row["is_alive"] else "stopped" if row["stopped_at"] else "lost",
            "lease_age_s": round(row["lease_age"].total_seconds(), 1),
            "connections": row["open_connections"],
            "numbers": row["numbers"] if row["lease_age"] < lately else None,
        }
        for row in selectors.recent_nodes(WITHIN, MAX_NODES)
    ]


def disconnects() -> list[dict[str, Any]]:
    """The most frequent first."""
    counted = sorted(selectors.closes_by_code(WITHIN).items(), key=lambda pair: -pair[1])
    return [{"code": code, "reason": reason_of(code), "count": count} for code, count in counted]


def ended(row: Connection) -> dict[str, Any]:
    return {
        "endpoint": row.endpoint,
        "client_id": row.client_id,
        "closed_at": row.closed_at,
        "code": row.close_code,
        "reason": reason_of(row.close_code),
    }


def connected(row: Connection) -> dict[str, Any]:
    return {
        "endpoint": row.endpoint,
        "client_id": row.client_id,
        "node": str(row.node),
        "connected_at": row.connected_at,
        "last_heartbeat": row.last_heartbeat,
    }


def reason_of(code: int | None) -> str:
    return REASONS.get(code or 0) or OTHER_REASONS.get(code, "not one of KITT's")
