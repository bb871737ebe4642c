"""Rules between fields that several payloads share."""

from datetime import UTC, datetime

from msgspec import UNSET

from realtime.protocol.payloads.consistency import entries, in_order, unique


def test_values_that_rise_or_stay_are_in_order() -> None:
    assert list(in_order("/eta", low=1.0, estimated_at=1.0, high=2.0)) == []


def test_the_value_that_falls_is_named_with_its_predecessor() -> None:
    (error,) = in_order("/span", low=2.0, middle=UNSET, nothing=None, high=1.0)
    assert (error.path, error.code, error.message) == ("/span/high", "inconsistent", "must not be less than low")


def test_times_are_called_earlier_not_less() -> None:
    (error,) = in_order("", start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 1, tzinfo=UTC))
    assert (error.path, error.message) == ("/end", "must not be earlier than start")


def test_a_repeated_value_is_named_and_absent_ones_are_passed_over() -> None:
    (error,) = unique("/items", "item_id", ["a", UNSET, "b", UNSET, "a"])
    assert (error.path, error.message) == ("/items/4/item_id", "is already used by entry 0")


def test_an_absent_array_is_empty() -> None:
    assert entries(UNSET) == []
    assert entries([1]) == [1]
