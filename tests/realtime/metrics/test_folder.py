from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from realtime.metrics.counted import COMMIT_MESSAGES, CONNECTIONS, DISCONNECTS, MESSAGES_IN, WRITE_BUFFER_BYTES
from realtime.metrics.folder import Folder, replace
from realtime.metrics.snapshots import Snapshot, snapshot

ROUTE = ("freight", "route_update")
FREIGHT = ("freight",)
OTHER = 4_000_000
"""No process: Linux has none above 4,194,304, and this one is not started."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def of_another(folder: Folder, connections: float = 0) -> Snapshot:
    """What another worker has put down: two messages, one of them alone in its transaction."""
    numbers = {
        MESSAGES_IN.name: {ROUTE: [2.0]},
        CONNECTIONS.name: {FREIGHT: [connections]},
        COMMIT_MESSAGES.name: {(): [1.0, 1.0, *[0.0] * 10, 3.0]},
        WRITE_BUFFER_BYTES.name: {(): [9.0]},
    }
    replace(folder.of_worker(OTHER), numbers)
    return numbers


def test_the_numbers_of_all_workers_are_added_up(folder: Folder) -> None:
    before = snapshot()
    of_another(folder, connections=5)
    MESSAGES_IN.add(ROUTE)
    WRITE_BUFFER_BYTES.take(4)
    found = folder.read()
    assert found[MESSAGES_IN.name][ROUTE] == [before[MESSAGES_IN.name][ROUTE][0] + 3]
    assert found[CONNECTIONS.name][FREIGHT] == [before[CONNECTIONS.name][FREIGHT][0] + 5]
    assert found[COMMIT_MESSAGES.name][()][-1] == before[COMMIT_MESSAGES.name][()][-1] + 3
    # But of the fullest buffer of each the fullest.
    assert found[WRITE_BUFFER_BYTES.name] == {(): [9.0]}


def test_who_is_gone_leaves_its_counts_and_the_sockets_that_broke_off(folder: Folder) -> None:
    before = folder.read()
    of_another(folder, connections=5)
    folder.retire(OTHER)
    found = folder.read()
    assert found[MESSAGES_IN.name][ROUTE] == [before[MESSAGES_IN.name][ROUTE][0] + 2]
    assert found[COMMIT_MESSAGES.name][()][-1] == before[COMMIT_MESSAGES.name][()][-1] + 3
    assert found[CONNECTIONS.name] == before[CONNECTIONS.name]
    assert found[WRITE_BUFFER_BYTES.name] == before[WRITE_BUFFER_BYTES.name]
    broken = ("freight", "1006")
    assert found[DISCONNECTS.name][broken][0] == before[DISCONNECTS.name][broken][0] + 5


def test_all_who_are_gone_are_kept_in_one_file(folder: Folder, tmp_path: Path) -> None:
    before = folder.read()
    for _ in range(3):
        of_another(folder)
        folder.retire(OTHER)
    assert folder.read()[MESSAGES_IN.name][ROUTE] == [before[MESSAGES_IN.name][ROUTE][0] + 6]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gone", "lock", f"worker-{os.getpid()}"]


def test_a_worker_that_never_wrote_leaves_nothing(folder: Folder) -> None:
    before = folder.read()
    folder.retire(OTHER)
    assert folder.read() == before


def test_who_reads_while_workers_come_and_go_sees_each_once(folder: Folder) -> None:
    before = folder.read()[MESSAGES_IN.name][ROUTE][0]
    seen: list[float] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.append(folder.read()[MESSAGES_IN.name][ROUTE][0] - before)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(100):
        of_another(folder)
        folder.retire(OTHER)
    ended.set()
    looking.join()
    assert seen == sorted(seen)
    assert set(seen) <= set(range(0, 202, 2))
