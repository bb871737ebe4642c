"""A file with keys, read again whenever it changes: that is how keys are rotated."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from realtime.auth.keys import Keys

logger = logging.getLogger(__name__)

State = tuple[int, int, int]


class KeyFile:
    """Costs a `stat` a look. It may wait for a disk, so it is not for the event loop."""

    def __init__(self, path: str, parse: Callable[[bytes], Keys]) -> None:
        self.path = Path(path)
        self.parse = parse
        self.state: State | None = None
        self.keys: Keys | None = None

    def current(self) -> Keys:
        """Raises OSError or ValueError where no keys could be read yet.

        Later, what cannot be read is logged, and the keys stay as they were: a file that is half written must not
        turn everybody away.
        """
        state = state_of(self.path)
        if self.keys is None:
            self.keys = self.parse(self.path.read_bytes())
        elif state != self.state:
            self.keys = self.read_again(self.keys)
        self.state = state
        return self.keys

    def read_again(self, before: Keys) -> Keys:
        try:
            keys = self.parse(self.path.read_bytes())
        except (OSError, ValueError) as error:
            logger.error("%s cannot be read, its last keys stay in force: %s", self.path, error)
            return before
        logger.info("%s changed, keys=%s", self.path, [kid for kid in keys if kid])
        return keys


def state_of(path: Path) -> State | None:
    """Differs when the file was written or replaced; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
