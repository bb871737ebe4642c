"""How much memory a server process takes."""

from __future__ import annotations

import os
from pathlib import Path

from tests.servers import Server

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(server: Server) -> int:
    """https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES
