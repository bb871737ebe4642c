"""The disk of the database and of the log files is full, and then there is room again."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import ROUTE_UPDATE, connect
from tests.faults import life
from tests.server.conftest import Start
from tests.servers import running
from tests.waiting import until


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 3 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "kitt-test", str(disk)]
    if os.getuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """To the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@pytest.mark.parametrize("kind", ["runserver", "serve"])
async def test_on_a_full_disk_senders_are_told_so_readers_read_on_and_room_is_enough_to_go_on(
    kind: str, small_disk: Path, migrated_database: Path
) -> None:
    settings = {"KITT_RATE_LIMIT": "0", "KITT_LEASE_INTERVAL": "1"}
    with running(kind, small_disk, migrated_database, **settings) as server:
        async with life([server]) as here:
            filler = await asyncio.to_thread(fill, small_disk)
            await until(lambda: bool(here.errors))
            await here.beat()
            assert {(error["code"], error["retryable"]) for error in here.errors} == {("storage_full", True)}

            health = await asyncio.to_thread(server.get, "/health")
            assert (health["status"], health["database"]["error"]) == ("unhealthy", "no room to write")
            stored = await asyncio.to_thread(server.get, "/api/messages?endpoint=freight&limit=1")
            assert stored["messages"][0]["offset"] == 1
            async with connect(server.ws_url, query="client_id=late&since=0") as late:
                assert late.welcome["payload"]["recovered"] is True
                assert (await late.receive())["offset"] == 1

            filler.unlink()
            await here.flow()
            await until(lambda: server.get("/health")["status"] == "healthy")
            await until(lambda: server.get("/stats")["total_connections"] == len(here.senders) + len(here.readers))
            async with connect(server.ws_url, client_id="of-after"):
                await until(lambda: "client_id=of-after" in (small_disk / "kitt.log").read_text())


async def test_a_log_file_that_cannot_be_written_is_said_once_and_costs_nobody_anything(start: Start) -> None:
    server = start(LOG_FILE="/dev/full")
    for number in range(3):
        async with connect(server.ws_url, client_id=f"c{number}") as client:
            assert (await client.ask(ROUTE_UPDATE))["offset"] == number + 1
    console = server.log.read_text()
    assert console.count("/dev/full is not written for now: [Errno 28]") == 1
    assert "Traceback" not in console
