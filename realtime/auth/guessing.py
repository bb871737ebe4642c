"""Slows down who guesses passwords and tokens: by the address, and by the name that is tried from there.

A name at an address has KITT_MAX_FAILED_LOGINS failures at once, and one more every KITT_FAILED_LOGIN_INTERVAL; the
address as a whole has NAMES times as many. So one device with a wrong token does not lock out its neighbours behind
the same NAT, and who tries one password on many users is found as well.

Kept in the memory of this process and never written: a flood of guesses must not make the log's writer wait. So each
process counts for itself.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict

from realtime.conf import kitt_settings
from realtime.networks import network_of
from realtime.protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

NAMES = 10
MAX_KEPT = 20_000
"""Names and addresses that are remembered: those that failed last."""
MAX_NAME_LENGTH = 150

Key = tuple[str, str | None]


class GuessingError(ProtocolError):
    """Too many failures. `wait`: whole seconds until the next attempt is looked at."""

    def __init__(self, wait: int) -> None:
        super().__init__("rate_limited", f"Too many failed attempts from this address. Try again in {wait} s.")
        self.wait = wait


class Failures:
    """Of one door. Safe to use from several threads.

    A leaky bucket: `forgiven_at` says when all failures of a name or an address will be forgiven, in seconds of
    time.monotonic().
    """

    def __init__(self, door: str) -> None:
        self.door = door
        self.forgiven_at: OrderedDict[Key, float] = OrderedDict()
        self.lock = threading.RLock()

    def wait(self, address: str, name: str) -> int:
        """Whole seconds until this name may be tried again from there; 0 is now."""
        now, full = time.monotonic(), full_bucket()
        with self.lock:
            waits = [self.forgiven_at.get(key, now) - now - full + step for key, step in steps(address, name)]
        # Rounded: what is left of a sum of fractions is no second.
        return max(0, math.ceil(round(max(waits), 3)))

    def attempt(self, address: str, name: str) -> int:
        """The same; where it is now, the attempt counts as failed until it is taken back."""
        with self.lock:
            wait = self.wait(address, name)
            if not wait:
                self.count(address, name)
            return wait

    def refuse_guessing(self, address: str, name: str) -> None:
        """Raises GuessingError."""
        if wait := self.wait(address, name):
            raise GuessingError(wait)

    def count(self, address: str, name: str) -> None:
        """One more; the log hears of the one that was the last."""
        now, full = time.monotonic(), full_bucket()
        with self.lock:
            for key, step in steps(address, name):
                self.forgiven_at[key] = min(max(self.forgiven_at.get(key, now), now) + step, now + full)
                self.forgiven_at.move_to_end(key)
            while len(self.forgiven_at) > MAX_KEPT:
                self.forgiven_at.popitem(last=False)
        if self.wait(address, name):
            logger.warning("too many failed attempts door=%s address=%s", self.door, address)

    def take_back(self, address: str, name: str) -> None:
        """What was counted, and has turned out well."""
        with self.lock:
            for key, step in steps(address, name):
                if key in self.forgiven_at:
                    self.forgiven_at[key] -= step


def full_bucket() -> float:
    """How long it takes until as many failures as there may be at once are forgiven, in seconds."""
    return kitt_settings().failed_login_interval * kitt_settings().max_failed_logins


def steps(address: str, name: str) -> tuple[tuple[Key, float], tuple[Key, float]]:
    """The name at its address, and the address as a whole: each with the seconds in which one failure is forgiven."""
    where, interval = network_of(address), kitt_settings().failed_login_interval
    return ((where, name[:MAX_NAME_LENGTH]), interval), ((where, None), interval / NAMES)


logins, tokens = Failures("login"), Failures("token")
