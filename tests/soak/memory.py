"""How much memory each process takes, and whether it comes back to what it took before."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.cluster import Cluster

EVERY_S = 5.0
END_S = 60.0
"""The samples of the last minute of a process are its end."""
LEAST_S = 600.0
"""A process that lived for less has no plateau: its memory of the newest messages is full after five minutes."""
ALLOWED = 1.10


@dataclass
class Series:
    """Of one process: seconds of time.monotonic(), and bytes of its own and its share of what it shares (PSS)."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.samples[-1][0] - self.samples[0][0]

    @property
    def plateau(self) -> float:
        """The median of the second third."""
        third = len(self.samples) // 3
        return median(self.samples[third : 2 * third] or self.samples)

    @property
    def end(self) -> float:
        last = self.samples[-1][0]
        return median([sample for sample in self.samples if last - sample[0] <= END_S])

    @property
    def change(self) -> float:
        return self.end / self.plateau - 1

    @property
    def is_judged(self) -> bool:
        return self.seconds >= LEAST_S

    @property
    def has_grown(self) -> bool:
        return self.is_judged and self.end > ALLOWED * self.plateau


def median(samples: list[tuple[float, int]]) -> float:
    return statistics.median(size for _, size in samples)


class Memory:
    """Samples of everything that runs."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.series: dict[str, Series] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self.sample()
            await asyncio.sleep(EVERY_S)

    def grown(self) -> list[str]:
        return [name for name, series in self.series.items() if series.has_grown]

    def sample(self) -> None:
        now = time.monotonic()
        processes = {node.name: node.server.process.pid for node in self.cluster.nodes}
        processes["Redis"] = self.cluster.redis.process.pid
        for name, pid in processes.items():
            if size := proportional_bytes(pid):
                self.series.setdefault(name, Series()).samples.append((now, size))


def proportional_bytes(pid: int) -> int:
    """0 where the process has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
