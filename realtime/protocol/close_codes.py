"""Close codes as advice: the range tells a client what to do next, the code tells a person why.

4000-4099  do not reconnect unchanged
4100-4199  reconnect after a back-off of at least one second
4200-4299  reconnect at once, with jitter
"""

from __future__ import annotations

UNAUTHENTICATED = 4001
FORBIDDEN = 4003
TOO_MANY_BAD_FRAMES = 4005
BAD_QUERY = 4006
REVOKED = 4008
OVER_CAPACITY = 4100
RATE_LIMITED = 4101
SLOW_CONSUMER = 4102
SERVER_RESTARTING = 4200
HEARTBEAT_MISSED = 4201
STREAM_RESET = 4202
TOKEN_EXPIRED = 4203

REASONS = {
    UNAUTHENTICATED: "unauthenticated",
    FORBIDDEN: "forbidden",
    TOO_MANY_BAD_FRAMES: "too many bad frames",
    BAD_QUERY: "bad client_id or query",
    REVOKED: "revoked",
    OVER_CAPACITY: "over capacity",
    RATE_LIMITED: "rate limited",
    SLOW_CONSUMER: "slow consumer",
    SERVER_RESTARTING: "server restarting",
    HEARTBEAT_MISSED: "heartbeat missed",
    STREAM_RESET: "stream reset",
    TOKEN_EXPIRED: "token expired",
}

# RFC 6455 §7.4.1: ended without a close frame. Never sent; it stands in the table for sockets of dead nodes.
ABNORMAL = 1006


def may_reconnect(code: int) -> bool:
    return code >= 4100


def retry_after_ms(code: int, spread: float, over: float = 1.0) -> int:
    """How long a client should wait before it reconnects, in milliseconds.

    `spread` (0..1, random) keeps clients that were closed together from coming back together: over the first `over`
    seconds for 4200-4299, over seconds one to five for 4100-4199.
    """
    if code >= 4200:
        return round(1000 * over * spread)
    return round(1000 + 4000 * spread)
