"""When to come back after a connection ended. No I/O, no clock.

The range of a KITT close code is the advice:
4000-4099  do not come back unchanged
4100-4199  come back after at least a second
4200-4299  come back at once, with jitter
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

# Of the HTTP statuses 400-499 those that pass by themselves; all others of them need a change first.
PASSING_STATUSES = (408, 425, 429)

# RFC 6455 §7.4.1: ended without a close frame.
ABNORMAL = 1006

TOO_MANY_BAD_FRAMES = 4005


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait, in seconds.

    After failure n (from 0): a random time up to base * 2**n, at most `cap` (full jitter). Where the server asks for a
    pause, `least` is added; where it invites back at once, a random time up to `jitter` is taken. A connection that
    lasted longer than `cap` starts the count anew.
    """

    base: float = 0.5
    cap: float = 10.0
    least: float = 1.0
    jitter: float = 1.0

    def delay(self, failures: int) -> float:
        ceiling = min(self.cap, self.base * 2.0 ** min(failures, 60))
        return random.uniform(0, ceiling)  # noqa: S311


def may_return(code: int) -> bool:
    """Whether a close code allows to connect again as before."""
    return not 4000 <= code <= 4099


def status_may_return(status: int) -> bool:
    """Whether a handshake that was answered with this HTTP status may be repeated as it was."""
    return not 400 <= status <= 499 or status in PASSING_STATUSES


def asked_ms(retry_after: str | None) -> int | None:
    """The `Retry-After` of a refused handshake in milliseconds; None where it is absent, or a date."""
    return 1000 * int(retry_after) if retry_after is not None and re.fullmatch(r"[0-9]{1,5}", retry_after) else None


def wait_after(code: int, retry_after_ms: int | None, failures: int, backoff: Backoff) -> float:
    """Seconds to wait after a close with `code`; `retry_after_ms` is from the `disconnect` frame before it.

    After a refused handshake: ABNORMAL, and what its `Retry-After` said.
    """
    asked = retry_after_ms / 1000 if retry_after_ms is not None else None
    if 4200 <= code <= 4299:
        return asked if asked is not None else random.uniform(0, backoff.jitter)  # noqa: S311
    if 4100 <= code <= 4199 or code == TOO_MANY_BAD_FRAMES:
        return max(asked or 0, backoff.least + backoff.delay(failures))
    return max(asked or 0, backoff.delay(failures))
