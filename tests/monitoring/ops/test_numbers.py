"""What the page makes of the numbers that it gets, in its own modules."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")


QUANTILE = """async ([part, bounds, counts]) => {
    const { quantile } = await import("/static/kitt/ops/quantile.js");
    return quantile(part, bounds, counts);
}"""


@pytest.mark.parametrize(
    ("part", "counts", "expected"),
    [
        # That of ClickHouse's quantilePrometheusHistogram, which says what histogram_quantile() does.
        pytest.param(0.5, [6, 5, 3, 5], 0.35, id="between two bounds"),
        pytest.param(0.5, [0, 8, 0, 0], 0.25, id="all between the same bounds"),
        pytest.param(0.75, [0, 0, 4, 0], 0.875, id="past empty buckets"),
        pytest.param(0.99, [50, 0, 0, 50], 1, id="above the last bound"),
        pytest.param(0.5, [5, 0, 0, 5], 0, id="at a bound"),
        pytest.param(0.5, [0, 0, 0, 0], None, id="of nothing"),
    ],
)
async def test_a_quantile_is_what_prometheus_would_say(
    page: Page, part: float, counts: list[int], expected: float | None
) -> None:
    found = await page.evaluate(QUANTILE, [part, [0, 0.5, 1], [*counts, 123]])
    assert found == (None if expected is None else pytest.approx(expected))


async def test_the_first_bucket_begins_at_0(page: Page) -> None:
    assert await page.evaluate(QUANTILE, [0.25, [2, 4], [8, 0, 0, 9]]) == 0.5


BATCHES = """async (counts) => {
    const { mean, largest } = await import("/static/kitt/ops/quantile.js");
    return [mean([1, 2, 4], counts), largest([1, 2, 4], counts)];
}"""


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([3, 1, 0, 0, 5], [1.25, 2]), ([1, 0, 0, 1, 9], [4.5, 4]), ([0, 0, 0, 0, 0], [None, None])],
)
async def test_a_batch_has_a_mean_and_a_bound(page: Page, counts: list[int], expected: list[float | None]) -> None:
    assert await page.evaluate(BATCHES, counts) == expected


STEPS = """async (looks) => {
    const { Steps, perSecond, together } = await import("/static/kitt/ops/steps.js");
    const steps = new Steps();
    return looks.map((nodes) => {
        if (nodes === "forget") return steps.forget();
        const known = [...steps.next(nodes).values()];
        return [perSecond(known, "ends"), together(known, "waits")];
    });
}"""


def told(node: str, at: float, ends: dict[str, int], waits: list[int]) -> dict[str, Any]:
    return {"id": node, "numbers": {"at": at, "counters": {"ends": ends}, "histograms": {"waits": waits}, "gauges": {}}}


UNKNOWN = [None, None]


async def test_a_rate_is_between_two_renewals_and_holds_until_the_next(page: Page) -> None:
    first, second = told("a", 10, {"1000": 4}, [1, 0, 1]), told("a", 15, {"1000": 14, "4102": 5}, [3, 1, 9])
    found = await page.evaluate(STEPS, [[first], [first], [second], [second]])
    step = [{"1000": 2, "4102": 1}, [2, 1, 8]]
    assert found == [UNKNOWN, UNKNOWN, step, step]


async def test_nodes_that_tell_at_different_times_are_added_up(page: Page) -> None:
    before = [told("a", 10, {"1000": 0}, [0, 0, 0]), told("b", 90, {"1000": 100}, [5, 5, 5])]
    after = [told("a", 15, {"1000": 5}, [1, 0, 1]), told("b", 100, {"1000": 120}, [5, 7, 11])]
    assert (await page.evaluate(STEPS, [before, after]))[1] == [{"1000": 3}, [1, 2, 7]]


async def test_a_node_that_comes_or_goes_makes_no_leap(page: Page) -> None:
    a, later = told("a", 10, {"1000": 0}, [0, 0, 0]), told("a", 15, {"1000": 5}, [1, 0, 1])
    comes = told("b", 3, {"1000": 700}, [7, 7, 7])
    silent = {"id": "b", "numbers": None}
    found = await page.evaluate(STEPS, [[a], [later, comes], [later, silent], [later]])
    assert found[1:] == [[{"1000": 1}, [1, 0, 1]]] * 3


async def test_a_pause_is_not_taken_for_now(page: Page) -> None:
    a, later = told("a", 10, {"1000": 0}, [0, 0, 0]), told("a", 75, {"1000": 650}, [1, 0, 1])
    assert await page.evaluate(STEPS, [[a], "forget", [later]]) == [UNKNOWN, None, UNKNOWN]


HISTORY = """async () => {
    const { History, Rates, ticks, SPAN_MS } = await import("/static/kitt/ops/history.js");
    const history = new History();
    for (let at = 0; at <= 2 * SPAN_MS; at += 2000) history.add(at, { n: at });
    const rates = new Rates();
    const seen = [[0, 10], [2000, 30], [4000, 5], [6000, 7]].map(([at, n]) => rates.next(at, { n }).n);
    return [history.points.length, history.points[0].at, seen, [0, 3, 7, 140, 0.2].map((most) => ticks(most).at(-1))];
}"""


async def test_the_history_is_ten_minutes_and_a_counter_that_began_anew_is_a_gap(page: Page) -> None:
    length, first, rates, tops = await page.evaluate(HISTORY)
    assert (length, first) == (301, 600_000)
    assert rates == [None, 10, None, 1]
    assert all(top >= most for top, most in zip(tops, [0, 3, 7, 140, 0.2], strict=True))


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (0.24, "0.2"), (35.46, "35.5"), (354.6, "355"), (12345, "12,345")]
)
async def test_a_number_is_as_long_as_it_matters(page: Page, number: float, words: str) -> None:
    short = "async (number) => (await import('/static/kitt/ops/numbers.js')).short(number)"
    assert await page.evaluate(short, number) == words
