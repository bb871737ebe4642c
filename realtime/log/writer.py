"""The thread that writes the log: whatever arrives during one transaction goes into the next one together."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from realtime.log.append import Outcome, Stored, Unit, append
from realtime.protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

Listener = Callable[[list[Stored]], None]

MAX_BATCH = 1000
"""Units in one transaction: a bound on how long the first of them waits for the last."""
IDLE_S = 1.0
"""After this long without work the thread gives its database connection back."""
STOP_TIMEOUT_S = 10.0


class LogWriter:
    """Group commit. Futures are settled, and listeners called, on the writer's thread, after the commit."""

    def __init__(self) -> None:
        self.arrived = threading.Condition()
        self.waiting: list[tuple[Unit, Future[list[Stored]]]] = []
        self.listeners: list[Listener] = []
        self.thread: threading.Thread | None = None
        self.stopping = False

    def submit(self, unit: Unit) -> Future[list[Stored]]:
        """A future of what is stored; its exception is a ProtocolError, retryable where the database failed."""
        future: Future[list[Stored]] = Future()
        with self.arrived:
            self.waiting.append((unit, future))
            if self.thread is None:
                self.start()
            self.arrived.notify()
        return future

    def forget(self, listener: Listener) -> None:
        self.listeners = [each for each in self.listeners if each != listener]

    def start(self) -> None:
        self.stopping = False
        self.thread = threading.Thread(target=self.run, name="kitt-log", daemon=True)
        self.thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Write what waits, and end the thread. A later submit starts it again."""
        with self.arrived:
            thread, self.thread, self.stopping = self.thread, None, True
            self.arrived.notify()
        if thread is not None:
            thread.join(STOP_TIMEOUT_S)
            atexit.unregister(self.stop)

    def run(self) -> None:
        while batch := self.next_batch():
            self.write([unit for unit, _ in batch], [future for _, future in batch])
        connection.close()

    def next_batch(self) -> list[tuple[Unit, Future[list[Stored]]]]:
        """Waits for work; empty when there will be none."""
        with self.arrived:
            while not self.waiting and not self.stopping:
                if not self.arrived.wait(IDLE_S):
                    connection.close()
            batch, self.waiting = self.waiting[:MAX_BATCH], self.waiting[MAX_BATCH:]
            return batch

    def write(self, units: list[Unit], futures: list[Future[list[Stored]]]) -> None:
        outcomes = self.outcomes(units)
        stored = [each for outcome in outcomes if isinstance(outcome, list) for each in outcome if not each.repeated]
        for listener in self.listeners:
            listener(stored)
        for future, outcome in zip(futures, outcomes, strict=True):
            settle(future, outcome)

    def outcomes(self, units: Sequence[Unit]) -> list[Outcome]:
        try:
            return append(units)
        except (OperationalError, InterfaceError) as error:
            logger.error("log not written, %d messages refused: %s", sum(map(len, units)), error)
            connection.close()
            return [unavailable() for _ in units]
        except DatabaseError:
            if len(units) > 1:
                # One unit that the database does not take must not cost the others.
                return [outcome for unit in units for outcome in self.outcomes([unit])]
            logger.exception("the database does not take a message")
            return [ProtocolError("internal")]
        except Exception:
            logger.exception("log not written")
            return [ProtocolError("internal") for _ in units]


def unavailable() -> ProtocolError:
    return ProtocolError("upstream_unavailable", "The message was not stored: the database does not answer.")


def settle(future: Future[list[Stored]], outcome: Outcome) -> None:
    if isinstance(outcome, ProtocolError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


log_writer = LogWriter()
"""One a process: the order in which its messages are stored is the order in which they were handed over."""
