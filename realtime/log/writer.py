"""The thread that writes the log: whatever arrives during one transaction goes into the next one together."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from django.db import DataError, InterfaceError, OperationalError, connection, reset_queries

from realtime.log.append import Outcome, Stored, Unit, append
from realtime.log.gathering import Gathering
from realtime.metrics.counted import COMMIT_FAILURES, COMMIT_MESSAGES, COMMIT_SECONDS, MESSAGES_STORED
from realtime.protocol.errors import ProtocolError
from realtime.write_errors import in_short, refusal

logger = logging.getLogger(__name__)

Listener = Callable[[list[Stored]], None]

MAX_BATCH = 1000
"""Messages in one transaction: a bound on how long the first waits for the last, and on the size of a query."""
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
        self.ending: threading.Thread | None = None
        self.gathering = Gathering(lambda: len(self.waiting), self.wake)
        self.writing = False
        self.was_lone = True
        # Why the last transaction failed; empty where it did not.
        self.failure = ""

    def submit(self, unit: Unit) -> Future[list[Stored]]:
        """A future of what is stored; its exception is a ProtocolError, retryable where the database failed.

        It may be cancelled until its transaction begins; then the unit is not stored.
        """
        future: Future[list[Stored]] = Future()
        with self.arrived:
            if self.thread is None:
                self.start()
            self.waiting.append((unit, future))
        self.gathering.added(is_lone=self.was_lone)
        return future

    def wake(self) -> None:
        with self.arrived:
            self.arrived.notify()

    def is_busy(self) -> bool:
        """Whether something is being written, or waits for it."""
        return self.writing or bool(self.waiting)

    def forget(self, listener: Listener) -> None:
        self.listeners = [each for each in self.listeners if each != listener]

    def start(self) -> None:
        thread = threading.Thread(target=self.run, args=(self.ending,), name="kitt-log", daemon=True)
        thread.start()
        self.thread = thread
        atexit.register(self.stop)

    def stop(self) -> None:
        """Write what waits, and end the thread. A later submit starts it again."""
        with self.arrived:
            thread, self.thread = self.thread, None
            self.ending = thread or self.ending
            self.arrived.notify_all()
        if thread is not None:
            thread.join(STOP_TIMEOUT_S)
            atexit.unregister(self.stop)

    def run(self, before: threading.Thread | None) -> None:
        # One that was stopped may still be in its last transaction: two at once would change the order.
        if before is not None:
            before.join()
        while (batch := self.next_batch()) is not None:
            if batch:
                self.write([unit for unit, _ in batch], [future for _, future in batch])
                # With DEBUG, Django keeps 9,000 statements: 400 messages of 60 KB took 24 MB.
                reset_queries()
            else:
                connection.close()
        connection.close()

    def next_batch(self) -> list[tuple[Unit, Future[list[Stored]]]] | None:
        """Waits for work; empty after a while without any, None when there will be none for this thread."""
        with self.arrived:
            if not self.waiting and self.is_current():
                self.arrived.wait(IDLE_S)
            if not self.is_current() and (self.thread is not None or not self.waiting):
                return None
            size = self.batch_size()
            batch, self.waiting = self.waiting[:size], self.waiting[size:]
            self.writing = bool(batch)
            self.gathering.taken()
        return [(unit, future) for unit, future in batch if future.set_running_or_notify_cancel()]

    def is_current(self) -> bool:
        return self.thread is threading.current_thread()

    def batch_size(self) -> int:
        """How many units have MAX_BATCH messages at most together; one unit at least."""
        messages = 0
        for size, (unit, _) in enumerate(self.waiting):
            messages += len(unit)
            if messages > MAX_BATCH and size:
                return size
        return len(self.waiting)

    def write(self, units: list[Unit], futures: list[Future[list[Stored]]]) -> None:
        self.was_lone = len(units) == 1
        began = time.monotonic()
        outcomes = self.outcomes(units)
        self.writing = False
        COMMIT_SECONDS.observe(time.monotonic() - began)
        count(units, outcomes)
        stored = [each for outcome in outcomes if isinstance(outcome, list) for each in outcome if not each.repeated]
        for listener in self.listeners:
            try:
                listener(stored)
            except Exception:
                # What it does not hear of, it finds in the log.
                logger.exception("a listener failed")
        for future, outcome in zip(futures, outcomes, strict=True):
            settle(future, outcome)

    def outcomes(self, units: Sequence[Unit]) -> list[Outcome]:
        try:
            outcomes = append(units)
        except (OperationalError, InterfaceError) as error:
            COMMIT_FAILURES.add()
            self.failure = in_short(error)
            logger.error("log not written, %d messages refused: %s", sum(map(len, units)), error)
            connection.close()
            return [refusal(error) for _ in units]
        except Exception as error:
            if len(units) > 1:
                # One unit that the database does not take must not cost the others.
                return [outcome for unit in units for outcome in self.outcomes([unit])]
            COMMIT_FAILURES.add()
            logger.exception("the database does not take a message")
            if isinstance(error, DataError):
                return [ProtocolError("validation_failed", "The database does not take this message.")]
            return [ProtocolError("internal")]
        self.failure = ""
        return outcomes


def count(units: Sequence[Unit], outcomes: Sequence[Outcome]) -> None:
    COMMIT_MESSAGES.observe(sum(map(len, units)))
    for unit, outcome in zip(units, outcomes, strict=True):
        if isinstance(outcome, list):
            for each, stored in zip(unit, outcome, strict=True):
                if not stored.repeated:
                    MESSAGES_STORED.add((each.endpoint, each.message.type))


def settle(future: Future[list[Stored]], outcome: Outcome) -> None:
    if isinstance(outcome, ProtocolError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


log_writer = LogWriter()
"""One a process: the order in which its messages are stored is the order in which they were handed over."""
