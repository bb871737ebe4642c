"""A progress bar. Thirty lines, so no library for it."""

from __future__ import annotations

import time
from typing import Self, TextIO

WIDTH = 30
INTERVAL_S = 0.1


class Progress:
    """Draws on a terminal, and nowhere else. A total of 0 means that nobody knows it."""

    def __init__(self, stream: TextIO, total: int, unit: str) -> None:
        self.stream = stream if stream.isatty() else None
        self.total, self.unit = total, unit
        self.done, self.drawn_at = 0, 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.stream is not None:
            self.draw(self.stream)
            self.stream.write("\n")

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        if self.stream is not None and time.monotonic() - self.drawn_at >= INTERVAL_S:
            self.draw(self.stream)

    def draw(self, stream: TextIO) -> None:
        self.drawn_at = time.monotonic()
        stream.write(f"\r{self.text()}")
        stream.flush()

    def text(self) -> str:
        if not self.total:
            return f"{self.done:,} {self.unit}"
        share = min(1.0, self.done / self.total)
        filled = int(share * WIDTH)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%}  {self.done:,} of {self.total:,} {self.unit}"
