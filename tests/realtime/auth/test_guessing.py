"""Who guesses has to wait; who stands beside it has not."""

from __future__ import annotations

import logging

import msgspec
import pytest
from pytest_django import Settings

from realtime.auth import guessing
from realtime.auth.guessing import NAMES, Failures, GuessingError
from tests.conftest import Clock

ADDRESS = "192.0.2.7"


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch, clock: Clock, settings: Settings) -> None:
    monkeypatch.setattr(guessing, "time", clock)
    settings.KITT = msgspec.structs.replace(settings.KITT, max_failed_logins=5, failed_login_interval=30)


@pytest.fixture
def failures() -> Failures:
    return Failures("test")


def fail(failures: Failures, times: int, name: str = "ann", address: str = ADDRESS) -> int:
    """How many of so many attempts were looked at."""
    looked_at = 0
    for _ in range(times):
        looked_at += not failures.attempt(address, name)
    return looked_at


def test_a_name_may_fail_so_many_times_and_then_has_to_wait(failures: Failures) -> None:
    assert fail(failures, 100) == 5
    assert failures.wait(ADDRESS, "ann") == 30


def test_after_the_wait_one_more_attempt_is_looked_at(failures: Failures, clock: Clock) -> None:
    fail(failures, 100)
    clock.now += 29
    assert failures.wait(ADDRESS, "ann") == 1
    clock.now += 1
    assert fail(failures, 100) == 1


def test_in_an_hour_no_more_is_looked_at_than_the_interval_allows(failures: Failures, clock: Clock) -> None:
    looked_at = 0
    for _ in range(3600):
        looked_at += fail(failures, 1)
        clock.now += 1
    assert looked_at == 5 + 3600 // 30 - 1


def test_whoever_stopped_for_long_has_all_attempts_again(failures: Failures, clock: Clock) -> None:
    fail(failures, 100)
    clock.now += 5 * 30
    assert fail(failures, 100) == 5


def test_another_name_at_the_same_address_need_not_wait(failures: Failures) -> None:
    fail(failures, 100)
    assert failures.wait(ADDRESS, "bob") == 0


def test_the_same_name_at_another_address_need_not_wait(failures: Failures) -> None:
    fail(failures, 100)
    assert failures.wait("192.0.2.8", "ann") == 0


def test_who_tries_many_names_is_stopped_as_an_address(failures: Failures) -> None:
    looked_at = sum(fail(failures, 1, name=f"user-{number}") for number in range(1000))
    assert looked_at == 5 * NAMES
    assert failures.wait(ADDRESS, "somebody else") == 30 / NAMES


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [("2001:db8::1", "2001:db8::ffff:1"), ("::1", "::2"), ("", ""), ("no address", "no address")],
)
def test_neighbours_in_one_network_are_one(failures: Failures, address: str, neighbour: str) -> None:
    fail(failures, 100, address=address)
    assert failures.wait(neighbour, "ann") > 0


@pytest.mark.parametrize(
    ("address", "stranger"),
    [("2001:db8::1", "2001:db8:0:1::1"), ("::ffff:192.0.2.7", "::ffff:192.0.2.8"), ("192.0.2.7", "")],
)
def test_other_networks_are_others(failures: Failures, address: str, stranger: str) -> None:
    fail(failures, 100, address=address)
    assert failures.wait(stranger, "ann") == 0


def test_what_turns_out_well_is_taken_back(failures: Failures) -> None:
    for _ in range(100):
        assert fail(failures, 1) == 1
        failures.take_back(ADDRESS, "ann")


def test_attempts_at_the_same_time_make_nobody_wait_for_longer(failures: Failures) -> None:
    for _ in range(1000):
        failures.count(ADDRESS, "ann")
    assert failures.wait(ADDRESS, "ann") == 30


def test_only_so_many_names_are_remembered(failures: Failures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "MAX_KEPT", 10)
    for number in range(100):
        fail(failures, 1, address=f"192.0.2.{number}")
    assert len(failures.forgiven_at) == 10


def test_the_refusal_says_how_long_to_wait(failures: Failures) -> None:
    failures.refuse_guessing(ADDRESS, "ann")
    fail(failures, 100)
    with pytest.raises(GuessingError, match="30 s") as caught:
        failures.refuse_guessing(ADDRESS, "ann")
    assert (caught.value.wait, caught.value.code, caught.value.retryable) == (30, "rate_limited", True)


def test_the_log_hears_once_and_not_of_the_name(failures: Failures, caplog: pytest.LogCaptureFixture) -> None:
    """People type their password where the name belongs."""
    with caplog.at_level(logging.WARNING, "realtime"):
        fail(failures, 100, name="hunter2")
    assert [record.getMessage() for record in caplog.records] == [
        f"too many failed attempts door=test address={ADDRESS}"
    ]
