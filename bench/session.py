"""One run of the benchmark: starts each server for a measurement, and remembers which are not here."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench import load
from bench.disk import folder_on_disk
from bench.load import Figures, LoadFailedError
from bench.processes import cpu_seconds, resident_bytes
from bench.servers import SERVERS, LeftOutError, Running, Server


@dataclass(frozen=True)
class Started:
    server: Server
    running: Running

    def load(self, mode: str, **options: Any) -> dict[str, Figures]:
        return load.run(mode, **{**self.server.load_options(self.running.port), **options})

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.running.pid)

    def resident_bytes(self) -> int:
        return resident_bytes(self.running.pid)


@dataclass
class Session:
    quick: bool = False
    """One short round of each, and fewer connections: to see that everything runs."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Label of a peer to why it is not here."""
    failures: list[str] = field(default_factory=list)

    def on(self, name: str, measure: Callable[[Started], None]) -> None:
        """Start a server for one measurement. A peer that cannot be started is left out from then on."""
        server = SERVERS[name]
        if server.label in self.left_out:
            return
        say(f"  {server.label}")
        with folder_on_disk() as folder:
            try:
                with server.start(folder) as running:
                    measure(Started(server, running))
            except LeftOutError as error:
                self.left_out[server.label] = str(error)
                say(f"    left out: {error}")
            except LoadFailedError as error:
                self.fail(server.label, error)

    def fail(self, what: str, error: LoadFailedError) -> None:
        self.failures.append(f"{what}: {error}")
        say(f"    failed: {error}")

    def rounds(self, usual: int) -> range:
        return range(1 if self.quick else usual)

    def seconds(self, usual: float) -> float:
        return usual / 4 if self.quick else usual

    def connections(self, usual: int) -> int:
        return usual // 10 if self.quick else usual


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def median(rounds: list[Figures]) -> Figures:
    """Of each figure by itself."""
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
