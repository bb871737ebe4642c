"""Three processes behind nginx are restarted one after another, under traffic."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import crashes, nginx
from tests.needs import require
from tests.redis import Redis
from tests.servers import Server, free_port

PROCESSES = 3
RESTARTS = 4
SETTINGS = {"KITT_RATE_LIMIT": "0", "KITT_MAX_REPLAY": "100000"}


class Cluster:
    """Three `serve` processes with a PostgreSQL and a Redis between them, each on a port of its own."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.settings = {**SETTINGS, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
        self.servers = [self.start(free_port()) for _ in range(PROCESSES)]
        self.ports = [server.port for server in self.servers]
        self.exit_codes: list[int] = []

    def start(self, port: int) -> Server:
        return Server("serve", self.folder, self.folder / "none.sqlite3", self.settings, port)

    def restart_the_oldest(self) -> None:
        oldest = self.servers.pop(0)
        self.exit_codes.append(oldest.stop())
        self.servers.append(self.start(oldest.port))
        self.servers[-1].wait_until_it_answers()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.database_url)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def cluster(tmp_path: Path, postgres_url: str, shared_redis: Redis) -> Iterator[Cluster]:
    name = f"rolling_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    started = Cluster(tmp_path, postgres_url.rpartition("/")[0] + f"/{name}", shared_redis.url)
    try:
        # Each of them waits for its tables: a lease that cannot be written is tried again.
        started.servers[0].manage("migrate", "--verbosity", "0")
        for server in started.servers:
            server.wait_until_it_answers()
        yield started
    finally:
        started.stop()


@pytest.fixture
def port(cluster: Cluster, tmp_path: Path) -> Iterator[int]:
    require(nginx.find_binary(), "no nginx: apt-get install nginx-light")
    with nginx.running_nginx(tmp_path, cluster.ports) as listening:
        yield listening


class RestPublisher:
    """Publishes until it is stopped, and sends again with the same id what was not answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stopped = False
        self.told: dict[tuple[str, int], int] = {}
        self.repeated: list[object] = []

    def run(self) -> None:
        while not self.stopped:
            number = len(self.told) + 1
            payload = {"shipment_id": f"rest-{number}", "sequence": number, "sent_at": time.monotonic()}
            message = {"type": "route_update", "id": f"rest-{number}", "payload": payload}
            self.told["rest", number] = self.stored({"endpoint": "freight", "sender": "rest", **message})

    def stored(self, body: object) -> int:
        """Its offset. What a client must not repeat unchanged ends the test."""
        deadline = time.monotonic() + crashes.TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                return self.post(body)
            except urllib.error.HTTPError as error:
                if error.code not in (502, 503, 504):
                    raise
                self.repeated.append(error.code)
            except OSError as error:
                self.repeated.append(error)
            time.sleep(0.05)
        raise AssertionError("it was never stored")

    def post(self, body: object) -> int:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/messages", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=15) as response:
            offset: int = json.load(response)["messages"][0]["offset"]
            return offset


async def test_a_rolling_restart_behind_nginx_loses_nothing(cluster: Cluster, port: int) -> None:
    account, rest = crashes.Account(), RestPublisher(f"http://127.0.0.1:{port}")
    publishing = asyncio.create_task(asyncio.to_thread(rest.run))

    async def restart() -> None:
        await asyncio.to_thread(cluster.restart_the_oldest)
        if len(cluster.exit_codes) == RESTARTS:
            rest.stopped = True
            await publishing
            account.told.update(rest.told)

    await crashes.run(f"ws://127.0.0.1:{port}", account, RESTARTS, restart)
    await asyncio.to_thread(crashes.check, account, cluster)
    assert cluster.exit_codes == [0] * RESTARTS
    assert rest.told
