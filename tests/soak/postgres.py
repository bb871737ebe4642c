"""The suite's PostgreSQL, as one that can be restarted and made unreachable."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.postgres import find_binary, run_as


class PostgresControl:
    """`folder` and `url` are those of tests.postgres.running_postgres."""

    def __init__(self, folder: Path, url: str) -> None:
        self.data = folder / "data"
        self.url = url

    @property
    def pids(self) -> list[int]:
        """The postmaster and its children."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def restart(self) -> None:
        """Every connection is ended, and no transaction is waited for. Returns when it answers again."""
        self.control("restart", "-m", "fast")

    def stop(self) -> None:
        """For one that was restarted: nobody else has its process."""
        self.control("stop", "-m", "immediate")

    def pause(self) -> None:
        """Connections stay open, new ones are taken, and nothing answers."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        for pid in self.pids:
            os.kill(pid, number)

    def control(self, *arguments: str) -> None:
        user = "postgres" if os.getuid() == 0 else None
        run_as(user, [str(find_binary("pg_ctl")), "-D", str(self.data), "-w", *arguments], wait=True)
