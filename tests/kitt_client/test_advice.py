from __future__ import annotations

import pytest

from kitt_client.advice import Backoff, asked_ms, may_return, status_may_return, wait_after

BACKOFF = Backoff(base=0.5, cap=10, least=1, jitter=0.25)


@pytest.mark.parametrize(("failures", "ceiling"), [(0, 0.5), (1, 1), (2, 2), (5, 10), (10_000, 10)])
def test_the_delay_is_random_below_a_ceiling_that_doubles(failures: int, ceiling: float) -> None:
    delays = [BACKOFF.delay(failures) for _ in range(500)]
    assert 0 <= min(delays) < ceiling / 4
    assert ceiling * 3 / 4 < max(delays) <= ceiling


@pytest.mark.parametrize("code", [4000, 4001, 4006, 4099])
def test_4000_to_4099_must_not_return(code: int) -> None:
    assert not may_return(code)


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 1013, 3999, 4100, 4200, 4999])
def test_all_others_may_return(code: int) -> None:
    assert may_return(code)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_handshake_that_the_server_blames_on_the_client_must_not_return(status: int) -> None:
    assert not status_may_return(status)


@pytest.mark.parametrize("status", [200, 302, 408, 429, 500, 502, 503])
def test_other_handshakes_may_return(status: int) -> None:
    assert status_may_return(status)


@pytest.mark.parametrize(
    ("header", "asked"), [("0", 0), ("2", 2000), (None, None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("9" * 6, None)]
)
def test_a_retry_after_counts_where_it_is_a_number_of_seconds(header: str | None, asked: int | None) -> None:
    assert asked_ms(header) == asked


@pytest.mark.parametrize("code", [4100, 4199])
def test_4100_to_4199_wait_for_at_least_a_second(code: int) -> None:
    assert all(1 <= wait_after(code, None, 0, BACKOFF) <= 1.5 for _ in range(100))


def test_the_server_may_ask_for_more_than_a_second() -> None:
    assert wait_after(4100, 4500, 0, BACKOFF) == 4.5


@pytest.mark.parametrize("failures", [0, 7])
def test_4200_to_4299_return_at_once_with_jitter(failures: int) -> None:
    assert all(wait_after(4200, None, failures, BACKOFF) <= 0.25 for _ in range(100))


def test_4200_takes_the_time_that_the_server_gave() -> None:
    assert wait_after(4200, 834, 3, BACKOFF) == 0.834


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 1013])
def test_other_codes_back_off(code: int) -> None:
    waits = [wait_after(code, None, 3, BACKOFF) for _ in range(500)]
    assert 3 < max(waits) <= 4
    assert min(waits) < 1
