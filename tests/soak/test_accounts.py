"""A soak finds what it looks for."""

from __future__ import annotations

import pytest

from tests.soak.accounts import Accounts, Record


def deliver(accounts: Accounts, offsets: list[int], *, name: str = "a", prefix: str = "m") -> None:
    record = Record(1, 0)
    for offset in offsets:
        accounts.delivered(name, "freight", record, offset, f"{prefix}{offset}")


def test_a_record_of_all_messages_in_order_is_no_problem() -> None:
    accounts = Accounts()
    deliver(accounts, [1, 2, 3])
    assert accounts.problems == []


@pytest.mark.parametrize(("offsets", "kind"), [([1, 3], "hole"), ([1, 2, 2], "duplicate"), ([2, 1], "hole")])
def test_a_hole_and_a_duplicate_are_problems(offsets: list[int], kind: str) -> None:
    accounts = Accounts()
    deliver(accounts, offsets)
    assert kind in accounts.problems[0]


def test_two_messages_at_one_offset_are_a_problem() -> None:
    accounts = Accounts()
    deliver(accounts, [1, 2])
    deliver(accounts, [1, 2], name="b", prefix="other")
    assert len(accounts.problems) == 2


LOG = [("freight", 1, "tms", "m1"), ("freight", 2, "tms", "m2")]


def settled(log: list[tuple[str, int, str, str]]) -> list[str]:
    """The problems of two messages that were delivered and acknowledged, with this log."""
    accounts = Accounts()
    deliver(accounts, [1, 2])
    for number in (1, 2):
        accounts.acknowledged("freight", "tms", f"m{number}", number, 0.0)
    accounts.compare(log)
    return accounts.problems


def test_a_log_that_holds_what_was_delivered_and_acknowledged_is_no_problem() -> None:
    assert settled(LOG) == []


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (LOG[:1], "was acknowledged at 2 and is at None"),
        (LOG[1:], "has a hole"),
        ([*LOG, ("freight", 3, "tms", "m1")], "was stored 2 times"),
        ([("freight", 1, "tms", "m2"), ("freight", 2, "tms", "m1")], "was delivered as"),
    ],
)
def test_a_log_that_holds_something_else_is_a_problem(log: list[tuple[str, int, str, str]], reason: str) -> None:
    assert any(reason in problem for problem in settled(log))
