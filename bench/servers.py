"""What is measured: KITT and its peers, and how each is started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import SERVER_CORE, on_core
from tests.servers import free_port, migrate, running

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
VENV = ROOT / ".venv-bench"
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20

NCHAN_MODULES = ("/usr/lib/nginx/modules/ngx_nchan_module.so", "/usr/lib64/nginx/modules/ngx_nchan_module.so")


class LeftOutError(Exception):
    """The peer is not here; its text says why."""


@dataclass(frozen=True)
class Running:
    pid: int
    port: int


@dataclass(frozen=True)
class Server:
    label: str
    path: str
    start: Callable[[Path], AbstractContextManager[Running]]
    """In a folder of its own, on the server's core. Raises LeftOutError."""
    options: tuple[str, ...] = ()
    """Of the load generator: what only this server promises."""

    def load_options(self, port: int) -> dict[str, Any]:
        return {"port": port, "path": self.path, **dict.fromkeys(self.options, True)}


def kitt(kind: str) -> Callable[[Path], AbstractContextManager[Running]]:
    @contextmanager
    def start(folder: Path) -> Iterator[Running]:
        template = folder / "template.sqlite3"
        migrate(template)
        settings = {
            "KITT_RATE_LIMIT": "0",
            "KITT_MAX_CONNECTIONS_PER_ADDRESS": "0",
            "DEBUG": "false",
            "SECRET_KEY": "benchmark",
            "KITT_AUTH": "open",
            "KITT_ALLOW_OPEN": "true",
        }
        with ExitStack() as stack:
            with on_core(SERVER_CORE):
                server = stack.enter_context(running(kind, folder, template, **settings))
            yield Running(server.process.pid, server.port)

    return start


@contextmanager
def process(command: list[str], folder: Path, port: int, cwd: Path = PEERS, **environment: str) -> Iterator[Running]:
    """The command, from when it listens on the port until it is terminated here."""
    log = folder / "output.log"
    with log.open("ab") as output, on_core(SERVER_CORE):
        started = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_it_listens(started, port, log)
        yield Running(started.pid, port)
    finally:
        started.terminate()
        try:
            started.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_until_it_listens(started: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and started.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    lines = log.read_text().strip().splitlines() or ["it said nothing"]
    raise LeftOutError(f"it did not start: {lines[-1]}")


def tool(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not path:
        raise LeftOutError(f"{name} is not installed")
    return path


def python_with(*modules: str) -> str:
    """The peers' Python. Their venv is made by bench.install."""
    python = str(VENV / "bin" / "python")
    if not Path(python).exists():
        raise LeftOutError("its venv could not be made")
    finished = subprocess.run([python, "-c", f"import {','.join(modules)}"], capture_output=True, text=True)
    if finished.returncode:
        raise LeftOutError(finished.stderr.strip().splitlines()[-1])
    return python


@contextmanager
def channels_tutorial(folder: Path) -> Iterator[Running]:
    python = python_with("channels", "channels_redis", "daphne")
    redis, redis_port, port = tool("redis-server"), free_port(), free_port()
    command = [python, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "chat:application"]
    with ExitStack() as stack:
        without_disk = ["--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        stack.enter_context(process([redis, *without_disk], folder, redis_port))
        cwd = PEERS / "channels_tutorial"
        yield stack.enter_context(process(command, folder, port, cwd, REDIS_PORT=str(redis_port)))


@contextmanager
def fastapi_uvicorn(folder: Path) -> Iterator[Running]:
    port = free_port()
    command = [python_with("fastapi", "uvicorn"), "-m", "uvicorn", "fastapi_uvicorn:app", "--port", str(port)]
    with process(command, folder, port) as started:
        yield started


def script(name: str, module: str) -> Callable[[Path], AbstractContextManager[Running]]:
    """A Python file that takes its port as its argument."""

    @contextmanager
    def start(folder: Path) -> Iterator[Running]:
        port = free_port()
        with process([python_with(module), name, str(port)], folder, port) as started:
            yield started

    return start


@contextmanager
def node_ws(folder: Path) -> Iterator[Running]:
    port = free_port()
    if not (PEERS / "node_ws" / "node_modules" / "ws").exists():
        raise LeftOutError("npm could not install ws")
    with process([tool("node"), "server.mjs", str(port)], folder, port, PEERS / "node_ws") as started:
        yield started


@contextmanager
def nchan(folder: Path) -> Iterator[Running]:
    module = next((path for path in NCHAN_MODULES if Path(path).exists()), None)
    if not module:
        raise LeftOutError("nginx has no nchan module (Debian: libnginx-mod-nchan)")
    port = free_port()
    text = (PEERS / "nchan.conf").read_text().replace("@module@", module).replace("@port@", str(port))
    (folder / "nginx.conf").write_text(text)
    with process([tool("nginx"), "-p", str(folder), "-c", "nginx.conf"], folder, port) as started:
        yield started


KITT_PATH = "/ws/freight?client_id=load-%d"
KITT_PROMISES = ("first_frame", "same_order")

SERVERS = {
    "kitt": Server("KITT, serve (uvicorn)", KITT_PATH, kitt("serve"), KITT_PROMISES),
    "kitt-daphne": Server("KITT, runserver (daphne)", KITT_PATH, kitt("runserver"), KITT_PROMISES),
    "channels": Server("Channels tutorial (daphne, Redis)", "/ws/chat/all/", channels_tutorial),
    "fastapi": Server("FastAPI + uvicorn", "/ws/%d", fastapi_uvicorn),
    "websockets": Server("websockets.broadcast", "/", script("websockets_broadcast.py", "websockets")),
    "node-ws": Server("node ws", "/", node_ws),
    "nchan": Server("nginx + nchan (C)", "/chat", nchan),
    "nchan-quick-ack": Server("nginx + nchan (C), quick ACKs", "/chat", nchan, ("quick_ack",)),
    "uwebsockets": Server("uWebSockets (C++, socketify)", "/", script("uwebsockets_socketify.py", "socketify")),
}
