"""Stop signals for servers, and for commands that loop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_at_next_signal() -> None:
    """Whatever the process is waiting for then."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def stop_event() -> Iterator[threading.Event]:
    """An event that is set by SIGTERM or Ctrl-C. A second signal ends the process at once."""
    stop = threading.Event()
    previous = {number: signal.getsignal(number) for number in SIGNALS}

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()
        end_at_next_signal()

    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
