"""Stop signals for commands that loop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from realtime.stopping import SIGNALS, stop_event


@pytest.fixture(autouse=True)
def handlers() -> Iterator[dict[signal.Signals, object]]:
    """The handlers before the test, put back after it even if it fails."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield dict(before)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_stop_signal_sets_the_event(number: signal.Signals) -> None:
    with stop_event() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(5)


def test_the_second_signal_gets_its_usual_effect() -> None:
    with stop_event() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        stop.wait(5)
        assert {signal.getsignal(number) for number in SIGNALS} == {signal.SIG_DFL}


def test_the_handlers_are_put_back(handlers: dict[signal.Signals, object]) -> None:
    with stop_event() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        stop.wait(5)
    assert {number: signal.getsignal(number) for number in SIGNALS} == handlers


def test_the_handlers_are_put_back_after_an_error(handlers: dict[signal.Signals, object]) -> None:
    with pytest.raises(RuntimeError), stop_event():
        raise RuntimeError
    assert {number: signal.getsignal(number) for number in SIGNALS} == handlers
