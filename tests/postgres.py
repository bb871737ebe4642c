"""A PostgreSQL of the suite's own: the system's binaries, a new cluster, 127.0.0.1 only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import free_port
from tests.waiting import until_it_answers

START_TIMEOUT_S = 30


def find_binary(name: str) -> Path | None:
    """On the path, or where Debian keeps the binaries of each version."""
    found = shutil.which(name)
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return Path(found) if found else next(iter(newest_first), None)


class Postgres:
    """A server that can be taken away and brought back, always on one port and with what it had."""

    def __init__(self, folder: Path, log: Path) -> None:
        # PostgreSQL does not run as root: then its own user runs it.
        self.user = "postgres" if os.getuid() == 0 else None
        self.data, self.log, self.port = folder / "data", log, free_port()
        self.data.mkdir()
        if self.user:
            shutil.chown(self.data, self.user)
            for parent in (folder, *folder.parents):
                if parent.stat().st_uid == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
        self.run(
            [str(find_binary("initdb")), "-D", str(self.data), "-A", "trust", "-U", "kitt", "--no-sync"], wait=True
        )
        self.start()

    @property
    def url(self) -> str:
        """Of the database `postgres`."""
        return self.url_through(self.port)

    def url_through(self, port: int) -> str:
        return f"postgres://kitt@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        command = [str(find_binary("postgres")), "-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1"]
        self.process = self.run([*command, "-k", ""])
        until_it_answers("PostgreSQL", self.process, self.answers, START_TIMEOUT_S)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """At once, as its service does at a restart: sessions are ended, and nothing that was committed is lost."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(START_TIMEOUT_S)

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Connections stay open, and nothing answers."""
        self.signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal_all(signal.SIGCONT)

    def signal_all(self, number: signal.Signals) -> None:
        """The server first, so that it starts no process for a connection meanwhile; each is a session of its own."""
        os.kill(self.process.pid, number)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in children.split():
            # One may have ended since: of a connection, or of the vacuum.
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def run(self, command: list[str], *, wait: bool = False) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, user=self.user, cwd="/", stdout=log, stderr=log, start_new_session=True)
        if wait and process.wait(START_TIMEOUT_S):
            raise AssertionError(f"{command[0]} failed")
        return process


@contextmanager
def running_postgres(folder: Path, log: Path) -> Iterator[Postgres]:
    postgres = Postgres(folder, log)
    try:
        yield postgres
    finally:
        if postgres.process.poll() is None:
            postgres.resume()
            postgres.stop()


def create_database(url: str, name: str, template: str = "template1") -> str:
    """The URL of a new database on the server of `url`, a copy of `template`."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return url.rpartition("/")[0] + f"/{name}"
