"""Where a benchmark keeps its databases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import ROOT


@contextmanager
def folder_on_disk() -> Iterator[Path]:
    """Gone at the end. Not in /tmp, which may be in memory: a commit must reach a disk."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        yield Path(name)
