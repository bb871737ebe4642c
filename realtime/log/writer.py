"""The thread that writes the log: whatever arrives during one transaction goes into the next one together."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from django.db import InterfaceError, OperationalError, connection

from realtime.log.append import Outcome, Stored, Unit, append
from realtime.protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

Listener = Callable[[list[Stored]], None]
Waiting = tuple[Unit, Future[list[Stored]]]

MAX_BATCH = 1000
"""Messages in one transaction, if no unit is larger: a bound on how long the first of them waits for the last."""
IDLE_S = 1.0
"""After this long without work the thread gives its database connection back."""
STOP_TIMEOUT_S = 10.0


class LogWriter:
    """Group commit. Futures are settled, and listeners called, on the writer's thread, after the commit."""

    def __init__(self) -> None:
        self.arrived = threading.Condition()
        self.waiting: list[Waiting] = []
        self.listeners: list[Listener] = []
        self.thread: threading.Thread | None = None
        self.stopping = False

    def submit(self, unit: Unit) -> Future[list[Stored]]:
        """A future of what is stored; its exception is a ProtocolError, retryable where the database failed."""
        future: Future[list[Stored]] = Future()
        with self.arrived:
            self.waiting.append((unit, future))
            if self.thread is None or not self.thread.is_alive():
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
        """Write what waits, and end the thread. A later submit starts another."""
        with self.arrived:
            thread, self.stopping = self.thread, True
            self.arrived.notify()
        if thread is not None:
            thread.join(STOP_TIMEOUT_S)
            atexit.unregister(self.stop)

    def run(self) -> None:
        while batch := self.next_batch():
            self.write([unit for unit, _ in batch], [future for _, future in batch])
        connection.close()

    def next_batch(self) -> list[Waiting]:
        """Waits for work; empty when there will be none. Whoever cancelled in time is left out."""
        batch: list[Waiting] = []
        while not batch:
            with self.arrived:
                while not self.waiting and not self.stopping:
                    if not self.arrived.wait(IDLE_S):
                        connection.close()
                if not self.waiting:
                    return []
                count = units_within(MAX_BATCH, self.waiting)
                taken, self.waiting = self.waiting[:count], self.waiting[count:]
            batch = [each for each in taken if each[1].set_running_or_notify_cancel()]
        return batch

    def write(self, units: list[Unit], futures: list[Future[list[Stored]]]) -> None:
        outcomes = self.outcomes(units)
        self.tell([each for outcome in outcomes if isinstance(outcome, list) for each in outcome if not each.repeated])
        for future, outcome in zip(futures, outcomes, strict=True):
            settle(future, outcome)

    def tell(self, stored: list[Stored]) -> None:
        for listener in self.listeners:
            try:
                listener(stored)
            except Exception:
                # What it missed is in the log, where its process finds it.
                logger.exception("a listener failed")

    def outcomes(self, units: Sequence[Unit]) -> list[Outcome]:
        try:
            return append(units)
        except (OperationalError, InterfaceError) as error:
            logger.error("log not written, %d messages refused: %s", sum(map(len, units)), error)
            connection.close()
            return [unavailable() for _ in units]
        except Exception:
            if len(units) > 1:
                # One unit that cannot be stored must not cost the others.
                return [outcome for unit in units for outcome in self.outcomes([unit])]
            logger.exception("a message cannot be stored")
            return [ProtocolError("internal")]


def units_within(messages: int, waiting: Sequence[Waiting]) -> int:
    """How many of the first units have no more than so many messages together; at least one."""
    count = size = 0
    for unit, _ in waiting:
        size += len(unit)
        if count and size > messages:
            break
        count += 1
    return count


def unavailable() -> ProtocolError:
    return ProtocolError("upstream_unavailable", "The message was not stored: the database does not answer.")


def settle(future: Future[list[Stored]], outcome: Outcome) -> None:
    if isinstance(outcome, ProtocolError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


log_writer = LogWriter()
"""One a process: the order in which its messages are stored is the order in which they were handed over."""
