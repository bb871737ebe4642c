"""Whether this process shares its numbers with others."""

from __future__ import annotations

import asyncio
from pathlib import Path

from realtime.metrics.folder import Folder
from realtime.metrics.snapshots import Snapshot, snapshot


class Sharing:
    """`folder` is set in a worker of `serve --workers`, before its node starts."""

    folder: Folder | None = None

    def share(self, path: Path) -> None:
        self.folder = Folder(path)

    async def write(self) -> None:
        """For the others to read."""
        if self.folder is not None:
            await asyncio.to_thread(self.folder.write)

    def read(self) -> Snapshot:
        """Of this process and those that it works with."""
        return snapshot() if self.folder is None else self.folder.read()


sharing = Sharing()
