"""Publishing by threads that wait."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from realtime.log.append import Stored
from realtime.protocol.errors import ProtocolError
from realtime.publishing.waiting import publish_and_wait

Batch = Future[list[Stored]]


@pytest.fixture
def future(monkeypatch: pytest.MonkeyPatch) -> Batch:
    future: Batch = Future()
    monkeypatch.setattr("realtime.publishing.waiting.publish", lambda batch: future)
    return future


def test_the_stored_copies_are_returned(future: Batch) -> None:
    future.set_result(stored := [Stored("freight", 1, "{}")])
    assert publish_and_wait([]) == stored


def test_a_refusal_is_raised(future: Batch) -> None:
    future.set_exception(ProtocolError("conflict"))
    with pytest.raises(ProtocolError, match="conflict"):
        publish_and_wait([])


def test_a_commit_that_does_not_come_is_a_timeout_that_may_be_tried_again(future: Batch) -> None:
    with pytest.raises(ProtocolError, match=r"timeout: Not stored within 0.01 s") as refused:
        publish_and_wait([], timeout=0.01)
    assert refused.value.retryable


def test_after_a_timeout_the_log_may_still_settle_the_future(future: Batch) -> None:
    with pytest.raises(ProtocolError):
        publish_and_wait([], timeout=0.01)
    future.set_result([])
    assert not future.cancelled()
