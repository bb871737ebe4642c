"""What a server process takes of its machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tests.servers import Server

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(server: Server) -> int:
    """https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES


def sockets_of(server: Server) -> int:
    """How many the process holds."""
    links = []
    for each in Path(f"/proc/{server.process.pid}/fd").iterdir():
        # A file may be closed meanwhile.
        with suppress(FileNotFoundError):
            links.append(os.readlink(each))
    return sum(link.startswith("socket:") for link in links)
