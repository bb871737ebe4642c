"""Part of bench.log_appends: fills the log of DATABASE_URL and prints the messages a second, by senders in flight."""

import json
import sys
import threading
import time

import django

django.setup()

from bench.positions import position  # noqa: E402
from realtime.log.writer import log_writer  # noqa: E402


def measure(senders: int, seconds: float) -> int:
    """Messages a second, with so many senders that each wait for their commit before they send again."""
    stored = 0
    finished = threading.Event()
    started = time.perf_counter()

    def send(done: object = None) -> None:
        nonlocal stored
        stored += done is not None
        if time.perf_counter() < started + seconds:
            log_writer.submit([position()]).add_done_callback(send)
        else:
            finished.set()

    for _ in range(senders):
        send()
    finished.wait()
    log_writer.stop()
    return round(stored / (time.perf_counter() - started))


if __name__ == "__main__":
    measure(16, 1)
    print(json.dumps([measure(int(senders), float(sys.argv[1])) for senders in sys.argv[2:]]))
