from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from django.db import DataError, OperationalError, connection
from pytest_django import Settings

from realtime.log import writer as writer_module
from realtime.log.append import Outcome, Stored, Unit, append
from realtime.log.writer import LogWriter
from realtime.models import Message
from realtime.protocol.errors import ProtocolError
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT_S = 15


def results(futures: list[Future[list[Stored]]]) -> list[int]:
    return [each.offset for future in futures for each in future.result(TIMEOUT_S)]


def test_messages_are_stored_in_the_order_in_which_they_are_handed_over(writer: LogWriter) -> None:
    assert results([writer.submit([message(n)]) for n in range(100)]) == list(range(1, 101))


def test_what_arrives_during_a_transaction_goes_into_the_next_one(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    first_begun, go_on = threading.Event(), threading.Event()

    def slow(units: list[Unit]) -> list[Outcome]:
        sizes.append(len(units))
        first_begun.set()
        assert go_on.wait(TIMEOUT_S)
        return append(units)

    monkeypatch.setattr(writer_module, "append", slow)
    futures = [writer.submit([message()])]
    assert first_begun.wait(TIMEOUT_S)
    futures += [writer.submit([message()]) for _ in range(20)]
    go_on.set()
    results(futures)
    assert sizes == [1, 20]


def test_a_failed_commit_is_told_as_something_to_try_again(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(units: list[Unit]) -> list[Outcome]:
        raise OperationalError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(writer_module, "append", fail)
        refusal = writer.submit([message()]).exception(TIMEOUT_S)
    assert isinstance(refusal, ProtocolError)
    assert (refusal.code, refusal.retryable) == ("upstream_unavailable", True)
    assert results([writer.submit([message()])]) == [1]


def test_a_message_that_the_database_does_not_take_costs_no_other(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(units: list[Unit]) -> list[Outcome]:
        if any(each.sender == "poison" for unit in units for each in unit):
            raise DataError
        return append(units)

    monkeypatch.setattr(writer_module, "append", picky)
    batch = [(writer.submit([message(sender=name)])) for name in ("a", "poison", "b")]
    assert isinstance(batch[1].exception(TIMEOUT_S), ProtocolError)
    assert sorted(results([batch[0], batch[2]])) == [1, 2]


def test_listeners_hear_of_new_messages_before_their_senders(writer: LogWriter) -> None:
    heard: list[tuple[list[int], bool]] = []
    future: Future[list[Stored]]
    writer.listeners.append(lambda stored: heard.append(([each.offset for each in stored], future.done())))
    future = writer.submit([message(1, id="i-1")])
    future.result(TIMEOUT_S)
    assert heard == [([1], False)]


def test_listeners_do_not_hear_of_repeats(writer: LogWriter) -> None:
    results([writer.submit([message(1, id="i-1")])])
    heard: list[Stored] = []
    writer.listeners.append(heard.extend)
    results([writer.submit([message(1, id="i-1")])])
    assert heard == []


def test_a_stop_writes_what_waits(writer: LogWriter) -> None:
    futures = [writer.submit([message(n)]) for n in range(50)]
    writer.stop()
    assert all(future.done() for future in futures)
    assert Message.objects.count() == 50


def test_a_stopped_writer_starts_again(writer: LogWriter) -> None:
    writer.stop()
    assert results([writer.submit([message()])]) == [1]


def test_several_writers_make_one_order() -> None:
    """Writers of one process have a connection each, as those of several processes do."""
    writers = [LogWriter() for _ in range(3)]
    orders: list[list[int]] = []
    for each in writers:
        each.listeners.append(lambda stored: orders.append([one.offset for one in stored]))
    futures = [writers[n % 3].submit([message(n)]) for n in range(300)]
    assert sorted(results(futures)) == list(range(1, 301))
    for each in writers:
        each.stop()
    assert all(order == sorted(order) for order in orders)


def test_writers_that_race_with_one_id_store_it_once() -> None:
    writers = [LogWriter() for _ in range(4)]
    offsets = results([each.submit([message(1, id=f"i-{n}")]) for n in range(25) for each in writers])
    for each in writers:
        each.stop()
    assert sorted(set(offsets)) == list(range(1, 26))
    assert Message.objects.count() == 25


def test_no_statement_is_kept_under_debug(writer: LogWriter, settings: Settings) -> None:
    settings.DEBUG = True
    kept: list[int] = []
    writer.listeners.append(lambda stored: kept.append(len(connection.queries_log)))
    for number in range(3):
        results([writer.submit([message(number)])])
    # Those of the transaction itself are forgotten after it.
    assert kept[2] <= kept[0]
