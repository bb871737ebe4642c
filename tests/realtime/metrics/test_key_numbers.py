"""What operators watch of a process is what it counted, added up."""

from __future__ import annotations

from realtime.metrics.counted import DELIVERY_SECONDS, DISCONNECTS, REFUSED_MESSAGES, SECONDS
from realtime.metrics.key_numbers import KeyNumbers, key_numbers


def told() -> KeyNumbers:
    return key_numbers(waiting=0)


def grown(before: KeyNumbers, after: KeyNumbers, name: str) -> dict[str, int]:
    old, new = before["counters"][name], after["counters"][name]
    return {label: number - old.get(label, 0) for label, number in new.items() if number != old.get(label, 0)}


def test_endings_are_added_up_by_code_and_slow_clients_by_endpoint() -> None:
    before = told()
    for endpoint, code in [("freight", "4102"), ("packing", "4102"), ("packing", "1006")]:
        DISCONNECTS.add((endpoint, code))
    after = told()
    assert grown(before, after, "disconnects") == {"4102": 2, "1006": 1}
    assert grown(before, after, "slow") == {"freight": 1, "packing": 1}


def test_refused_messages_are_added_up_by_code() -> None:
    before = told()
    REFUSED_MESSAGES.add(("freight", "invalid_json"))
    REFUSED_MESSAGES.add(("packing", "invalid_json"))
    assert grown(before, told(), "refused_messages") == {"invalid_json": 2}


def test_what_never_happened_is_left_out() -> None:
    assert "unsupported_version" not in told()["counters"]["refused_messages"]


def test_a_histogram_is_added_up_over_its_labels() -> None:
    before = told()["histograms"]["delivery_seconds"]
    DELIVERY_SECONDS.observe(0.0004, ("freight", "here"))
    DELIVERY_SECONDS.observe(9, ("packing", "elsewhere"), times=2)
    after = told()["histograms"]["delivery_seconds"]
    change = [new - old for old, new in zip(before, after, strict=True)]
    assert change[:-1] == [1, *[0] * (len(SECONDS) - 1), 2]
    assert round(change[-1], 4) == 18.0004


def test_the_clock_only_rises() -> None:
    before = told()["at"]
    assert told()["at"] >= before


def test_what_waits_is_told() -> None:
    assert key_numbers(waiting=7)["gauges"]["waiting"] == 7
