"""A folder in which the workers of one parent keep their numbers, so that each of them can tell those of all."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import reduce
from pathlib import Path

from realtime.metrics.snapshots import DECODER, ENCODER, Snapshot, of_the_dead, snapshot, together

FLUSH_S = 1.0
"""What a process that is killed counted in its last second may be lost with it."""


class Folder:
    """A file for each worker, and one for all that are gone. A file survives the process that wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.gone = path / "gone"
        self.writing = threading.Lock()

    def write(self) -> Snapshot:
        """Put down, and return, the numbers of this process."""
        with self.writing:
            own = snapshot()
            replace(self.of_worker(os.getpid()), own)
        return own

    def read(self) -> Snapshot:
        """The numbers of all. This process's are put down first: what was shown once must not get lost with it."""
        with self.locked(fcntl.LOCK_SH):
            own = self.write()
            own_file = self.of_worker(os.getpid())
            others = (load(path) for path in self.path.glob("worker-*") if path != own_file)
            return reduce(together, others, together(own, load(self.gone)))

    def retire(self, pid: int) -> None:
        """A worker has ended: what it counted is kept, and what it measured is forgotten."""
        with self.locked(fcntl.LOCK_EX):
            replace(self.gone, together(load(self.gone), of_the_dead(load(self.of_worker(pid)))))
            self.of_worker(pid).unlink(missing_ok=True)

    def of_worker(self, pid: int) -> Path:
        return self.path / f"worker-{pid}"

    @contextmanager
    def locked(self, how: int) -> Iterator[None]:
        """Else a worker that ends meanwhile would be counted twice, or not at all."""
        with (self.path / "lock").open("ab") as lock:
            fcntl.flock(lock, how)
            yield


def load(path: Path) -> Snapshot:
    """Empty where nothing was put down yet."""
    with suppress(FileNotFoundError):
        return DECODER.decode(path.read_bytes())
    return {}


def replace(path: Path, numbers: Snapshot) -> None:
    """In one step: whoever reads has the old ones or the new ones."""
    new = path.with_name(f"new-{path.name}")
    new.write_bytes(ENCODER.encode(numbers))
    new.replace(path)
