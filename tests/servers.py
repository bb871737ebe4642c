"""Real server processes for tests: on 127.0.0.1, on a free port, with a database and a log of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.waiting import until_it_answers

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20

COMMANDS = {
    "runserver": [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"],
    "autoreload": [sys.executable, "manage.py", "runserver", "127.0.0.1:{port}"],
    "serve": [sys.executable, "manage.py", "serve", "--port", "{port}"],
    "serve-hasty": [sys.executable, "manage.py", "serve", "--port", "{port}", "--graceful-timeout", "3"],
    "uvicorn": [sys.executable, "-m", "uvicorn", "--port", "{port}", "kitt_project.asgi:application"],
    "workers": [sys.executable, "manage.py", "serve", "--port", "{port}", "--workers", "3"],
    "daphne": [
        *[sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "--access-log", "/dev/null"],
        "kitt_project.asgi:application",
    ],
}


class Server:
    """A server that runs. `settings` are environment variables."""

    def __init__(
        self, kind: str, folder: Path, database: Path, settings: dict[str, str], port: int | None = None
    ) -> None:
        self.port = port or free_port()
        self.database = database
        self.log = folder / f"server-{self.port}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KITT_")},
            "DATABASE_URL": f"sqlite:///{database}",
            "LOG_FILE": str(folder / "kitt.log"),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        command = [part.format(port=self.port) for part in COMMANDS[kind]]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def wait_until_it_answers(self) -> None:
        try:
            until_it_answers("the server", self.process, self.answers, START_TIMEOUT_S)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log.read_text()}") from None

    def answers(self) -> bool:
        try:
            self.get("/health/live")
        except OSError:
            return False
        return True

    def get(self, path: str) -> Any:
        """The JSON of a GET, whatever its status."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def connected(self) -> list[str]:
        """The client_id of every connection that /stats lists, sorted."""
        return sorted(each["client_id"] for each in self.get("/stats")["connection_details"])

    def send_signal(self, number: signal.Signals, *, to_group: bool = False) -> None:
        if to_group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9"""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)

    def stop(self) -> int:
        """SIGTERM. Returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise

    def manage(self, *arguments: str) -> str:
        """The output of a management command that uses this server's database."""
        finished = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return finished.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        url = self.environment["DATABASE_URL"]
        opened = psycopg.connect(url) if url.startswith("postgres") else sqlite3.connect(self.database)
        with closing(opened) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
            return rows


@contextmanager
def running(kind: str, folder: Path, template: Path, **settings: str) -> Iterator[Server]:
    """A server on a copy of the migrated database `template`, stopped at the end."""
    database = folder / "kitt.sqlite3"
    if not database.exists():
        shutil.copy(template, database)
    server = Server(kind, folder, database, settings)
    try:
        if "DATABASE_URL" in settings:
            server.manage("migrate", "--verbosity", "0")
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()


@contextmanager
def running_apart(folder: Path, each: Sequence[dict[str, str]]) -> Iterator[list[Server]]:
    """A `serve` process for each of the settings, as on machines of their own, with one migrated database."""
    with ExitStack() as stack:
        servers = []
        for settings in each:
            servers.append(Server("serve", folder, folder / "kitt.sqlite3", settings))
            stack.callback(servers[-1].stop)
        for server in servers:
            server.wait_until_it_answers()
        yield servers


def migrate(database: Path) -> None:
    migrate_url(f"sqlite:///{database}")


def migrate_url(database_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": database_url, "LOG_FILE": str(Path(folder) / "kitt.log")}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
