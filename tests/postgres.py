"""A PostgreSQL of the suite's own: the system's binaries, a new cluster, 127.0.0.1 only."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import free_port

START_TIMEOUT_S = 30


def find_binary(name: str) -> Path | None:
    """On the path, or where Debian keeps the binaries of each version."""
    found = shutil.which(name)
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return Path(found) if found else next(iter(newest_first), None)


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The URL of the server's database `postgres`. PostgreSQL does not run as root: then its own user runs it."""
    user = "postgres" if os.getuid() == 0 else None
    data, port = folder / "data", free_port()
    data.mkdir()
    if user:
        shutil.chown(data, user)
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    run_as(user, [str(find_binary("initdb")), "-D", str(data), "-A", "trust", "-U", "kitt", "--no-sync"], wait=True)
    command = [str(find_binary("postgres")), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    server = run_as(user, command)
    try:
        url = f"postgres://kitt@127.0.0.1:{port}/postgres"
        wait_until_it_answers(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(START_TIMEOUT_S)


def run_as(user: str | None, command: list[str], *, wait: bool = False) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    if wait and process.wait(START_TIMEOUT_S):
        raise AssertionError(f"{command[0]} failed")
    return process


def wait_until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.05)
        else:
            return


def create_database(url: str, name: str, template: str = "template1") -> str:
    """The URL of a new database on the server of `url`, a copy of `template`."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return url.rpartition("/")[0] + f"/{name}"
