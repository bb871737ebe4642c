"""A clock that can be set for one process: libfaketime (https://github.com/wolfcw/libfaketime), preloaded."""

from __future__ import annotations

from pathlib import Path


def find_library() -> Path | None:
    """Where Debian and Fedora have it."""
    places = ("/usr/lib/*/faketime", "/usr/lib64/faketime", "/usr/lib/faketime")
    found = (each for place in places for each in Path("/").glob(f"{place[1:]}/libfaketimeMT.so.1"))
    return next(found, None)


class FakeClock:
    """Only the wall clock: no system lets anybody set the monotonic one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.step(0)

    def step(self, seconds: int) -> None:
        """From now on it shows so much more than the real time."""
        written = self.file.with_suffix(".new")
        written.write_text(f"{seconds:+d}\n")
        # At once: the library reads the file whenever somebody asks for the time.
        written.replace(self.file)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a process that is to go by it."""
        return {
            "LD_PRELOAD": str(find_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
