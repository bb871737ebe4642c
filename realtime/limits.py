"""How fast one connection may send."""

from __future__ import annotations

import time


class TokenBucket:
    """`rate` messages a second, and `burst` at once after a pause. A rate of 0 lets everything pass.

    `refused` counts what did not pass since the bucket was last full: it tells a flood from a burst.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self.filled = time.monotonic()
        self.refused = 0

    def take(self) -> bool:
        """Whether one more message may pass now."""
        if not self.rate:
            return True
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        if self.tokens == self.burst:
            self.refused = 0
        if self.tokens < 1:
            self.refused += 1
            return False
        self.tokens -= 1
        return True
