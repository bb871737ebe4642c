"""A real nginx with the configuration of docs/deploy, on ports of the suite's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.servers import ROOT, free_port
from tests.waiting import until_it_answers

CONFIGURATION = ROOT / "docs" / "deploy" / "nginx.conf"
STOP_TIMEOUT_S = 15
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 4096; }}
http {{
    {temporary}
    include {folder}/kitt.conf;
}}
"""


def find_binary() -> Path | None:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return Path(found) if found else None


def configure(folder: Path, port: int, upstreams: Sequence[int]) -> Path:
    """The documented file, with nothing changed but its ports and the place of its log."""
    text = CONFIGURATION.read_text()
    replacements = {f"127.0.0.1:800{number}": f"127.0.0.1:{each}" for number, each in enumerate(upstreams, start=1)}
    replacements |= {"listen 80;": f"listen 127.0.0.1:{port};", "/var/log/nginx": str(folder)}
    for documented, actual in replacements.items():
        assert documented in text
        text = text.replace(documented, actual)
    (folder / "kitt.conf").write_text(text)
    temporary = "\n    ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    # Its workers would otherwise run as somebody who may not write here.
    user = "user root;" if os.getuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user=user, temporary=temporary))
    return main


@contextmanager
def running_nginx(folder: Path, upstreams: Sequence[int]) -> Iterator[int]:
    """The port that it listens on."""
    port = free_port()
    process = subprocess.Popen([str(find_binary()), "-p", str(folder), "-c", str(configure(folder, port, upstreams))])
    try:
        until_it_answers("nginx", process, partial(listens, port))
        yield port
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
