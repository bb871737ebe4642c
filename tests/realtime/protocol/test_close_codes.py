from __future__ import annotations

import pytest

from realtime.protocol import close_codes


@pytest.mark.parametrize("code", close_codes.REASONS)
def test_every_code_lies_in_a_range_that_means_something(code: int) -> None:
    assert 4000 <= code < 4300


@pytest.mark.parametrize("code", [4001, 4003, 4005, 4006, 4008])
def test_codes_below_4100_say_not_to_reconnect(code: int) -> None:
    assert not close_codes.may_reconnect(code)


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
def test_codes_from_4100_ask_for_at_least_a_second(spread: float) -> None:
    assert close_codes.retry_after_ms(4102, spread) >= 1000


def test_codes_from_4200_spread_clients_over_a_second() -> None:
    assert [close_codes.retry_after_ms(4200, spread) for spread in (0.0, 0.5, 1.0)] == [0, 500, 1000]


def test_a_drain_spreads_clients_over_its_time() -> None:
    assert [close_codes.retry_after_ms(4200, spread, over=5) for spread in (0.0, 0.5, 1.0)] == [0, 2500, 5000]
