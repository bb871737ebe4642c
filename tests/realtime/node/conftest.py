from __future__ import annotations

import atexit
from collections.abc import Iterator

import pytest

from realtime.node.process import NodeProcess
from tests.conftest import Clock, MakeConnection
from tests.realtime.node.fakes import FakeSocket


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, clock: Clock, db: None) -> Iterator[NodeProcess]:
    """A node that is in the table; its loops don't run unless the test starts them."""
    monkeypatch.setattr("realtime.node.sockets.time", clock)
    made = NodeProcess()
    made.node.save()
    yield made
    atexit.unregister(made.stop_at_exit)
    made.database.stop()


@pytest.fixture
def socket(process: NodeProcess, clock: Clock, make_connection: MakeConnection) -> FakeSocket:
    """An open socket of the process, in the table and heard just now."""
    row = make_connection(node=process.node)
    added = FakeSocket(row, last_seen=clock.now, last_ping=clock.now)
    process.sockets.add(added)
    return added
