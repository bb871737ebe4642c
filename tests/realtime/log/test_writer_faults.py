"""What must not end the writer's thread, nor leave a future unsettled."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import pytest
from asgiref.sync import sync_to_async
from django.db import DataError

from realtime.log import writer as writer_module
from realtime.log.append import Outcome, Stored, Unit, append
from realtime.log.writer import LogWriter
from realtime.models import Message
from realtime.node.database_thread import DatabaseThread
from realtime.node.feed import Feed
from realtime.node.feeds import Feeds
from realtime.protocol.errors import ProtocolError
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT_S = 15


class Gate:
    """An append that waits to be let through, and notes how many were in it at once."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.inside, self.most = threading.Event(), threading.Event(), 0, 0

    def append(self, units: list[Unit]) -> list[Outcome]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.set()
        assert self.go_on.wait(TIMEOUT_S)
        self.inside -= 1
        return append(units)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(writer_module, "append", gate.append)
    return gate


def test_a_future_that_is_cancelled_costs_its_unit_alone(writer: LogWriter, gate: Gate) -> None:
    first = writer.submit([message(1)])
    assert gate.begun.wait(TIMEOUT_S)
    waiting, last = writer.submit([message(2)]), writer.submit([message(3)])
    assert not first.cancel()
    assert waiting.cancel()
    gate.go_on.set()
    assert [each.offset for each in first.result(TIMEOUT_S) + last.result(TIMEOUT_S)] == [1, 2]
    assert Message.objects.count() == 2


def test_a_listener_that_fails_costs_no_sender(writer: LogWriter) -> None:
    def fail(stored: list[Stored]) -> None:
        raise RuntimeError("Event loop is closed")

    writer.listeners.append(fail)
    for offset in (1, 2):
        assert writer.submit([message()]).result(TIMEOUT_S)[0].offset == offset


def test_a_writer_that_is_started_anew_waits_for_the_end_of_the_old_one(
    writer: LogWriter, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "STOP_TIMEOUT_S", 0.1)
    first = writer.submit([message()])
    assert gate.begun.wait(TIMEOUT_S)
    writer.stop()
    second, old = writer.submit([message()]), writer.ending
    time.sleep(0.1)
    gate.go_on.set()
    assert [each.offset for each in first.result(TIMEOUT_S) + second.result(TIMEOUT_S)] == [1, 2]
    assert old is not None
    old.join(TIMEOUT_S)
    assert (gate.most, old.is_alive()) == (1, False)


def test_a_thread_that_cannot_be_started_is_started_later(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError):
            writer.submit([message()])
    assert writer.submit([message()]).result(TIMEOUT_S)[0].offset == 1


def test_a_transaction_is_bounded_in_messages_not_in_units(
    writer: LogWriter, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_BATCH", 10)
    sizes: list[int] = []
    gate.go_on.set()
    monkeypatch.setattr(writer_module, "append", lambda units: sizes.append(sum(map(len, units))) or append(units))
    with writer.arrived:
        futures = [writer.submit([message() for _ in range(n)]) for n in (4, 4, 4, 25, 1)]
    assert [len(future.result(TIMEOUT_S)) for future in futures] == [4, 4, 4, 25, 1]
    assert sizes == [8, 4, 25, 1]


def test_what_is_no_error_of_the_database_costs_one_unit_too(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(units: list[Unit]) -> list[Outcome]:
        if any(each.sender == "poison" for unit in units for each in unit):
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return append(units)

    monkeypatch.setattr(writer_module, "append", picky)
    futures = [writer.submit([message(sender=name)]) for name in ("a", "poison", "b")]
    assert isinstance(futures[1].exception(TIMEOUT_S), ProtocolError)
    assert [each.offset for each in futures[0].result(TIMEOUT_S) + futures[2].result(TIMEOUT_S)] == [1, 2]


def test_what_the_database_will_never_take_is_not_to_be_sent_again(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(units: list[Unit]) -> list[Outcome]:
        raise DataError

    monkeypatch.setattr(writer_module, "append", fail)
    refusal = writer.submit([message()]).exception(TIMEOUT_S)
    assert isinstance(refusal, ProtocolError)
    assert not refusal.retryable


async def test_units_that_were_stored_one_by_one_are_broadcast_without_a_hole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another process stores a message between them."""
    stored: list[Stored] = []
    writer = LogWriter()
    writer.listeners.append(stored.extend)

    def picky(units: list[Unit]) -> list[Outcome]:
        if any(each.sender == "poison" for unit in units for each in unit):
            raise DataError
        outcomes = append(units)
        append([[message("other")]])
        return outcomes

    monkeypatch.setattr(writer_module, "append", picky)
    futures: list[Future[list[Stored]]] = [Future() for _ in range(3)]
    units = [[message(1)], [message(sender="poison")], [message(2)]]
    await sync_to_async(writer.write)(units, futures)
    assert [each.offset for each in stored] == [1, 3]

    taken: list[list[int]] = []
    feeds = Feeds(DatabaseThread(), never)
    feeds.ready.set()
    monkeypatch.setattr(Feed, "take", lambda feed, entries: taken.append([entry.offset for entry in entries]))
    feeds.take_stored(stored, time.time())
    assert taken == [[1], [3]]


async def never(endpoint: str) -> None:
    raise AssertionError(f"{endpoint} was reset")
