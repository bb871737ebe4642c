"""What each chart gets from a look at the figures of two nodes: one that tells its numbers, one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

POINTS = """async ([look, before]) => {
    const { CHARTS } = await import("/static/kitt/ops/charts.js");
    const { Steps } = await import("/static/kitt/ops/steps.js");
    const steps = new Steps();
    if (before !== null) steps.next(before);
    const seen = { ...look, steps: steps.next(look.nodes) };
    return Object.fromEntries(CHARTS.map(({ id, of }) => [id, of(seen)]));
}"""


def telling(at: float, times: int) -> dict[str, Any]:
    """A node that has done everything so many times."""
    return {
        "id": "a",
        "state": "alive",
        "lease_age_s": 2.5,
        "numbers": {
            "at": at,
            "counters": {
                "disconnects": {"1000": 10 * times, "4102": 20 * times},
                "slow": {"packing": 20 * times},
                "refused_connections": {"4006": 30 * times},
                "refused_messages": {"invalid_json": 40 * times},
            },
            "histograms": {
                "delivery_seconds": [100 * times, 0, 0, 0.05 * times],
                "commit_seconds": [0, 100 * times, 0, 0.15 * times],
                "commit_messages": [90 * times, 10 * times, 0, 110 * times],
            },
            "gauges": {"write_buffer_bytes": 4500, "waiting": 7},
        },
    }


LOOK = {
    "lease_timeout_s": 20,
    "connections": {"freight": 3, "packing": 2},
    "stored": {"freight": 1.5, "packing": 0},
    "bounds": {"delivery_seconds": [0.001, 0.002], "commit_seconds": [0.001, 0.002], "commit_messages": [1, 2]},
    "tookMs": 12,
    "nodes": [telling(20, 2), {"id": "b", "state": "lost", "lease_age_s": 60, "numbers": None}],
}
KNOWN_AT_ONCE = {
    "node-states": {"alive": 1, "lost": 1},
    "leases": {"age": 2.5, "runs out at": 20},
    "connections": {"freight": 3, "packing": 2},
    "rates": {"freight": 1.5, "packing": 0},
    "buffers": {"of a client": 4.5},
    "answers": {"this page": 12},
}


async def test_each_chart_gets_what_it_is_called_after(page: Page) -> None:
    assert await page.evaluate(POINTS, [LOOK, [telling(10, 1)]]) == {
        **KNOWN_AT_ONCE,
        "delivery": {"p50": 0.5, "p99": 0.99},
        "commits": {"p50": 1.5, "p99": 1.99},
        "queue": {"mean batch": 1.1, "largest batch": 2, "waiting": 7},
        "slow": {"freight": 0, "packing": 2},
        "refused-connections": {"4006": 3},
        "refused-messages": {"invalid_json": 4},
        "ends": {"1000": 1, "4102": 2},
    }


async def test_of_the_first_look_only_what_is_of_now_is_known(page: Page) -> None:
    assert await page.evaluate(POINTS, [LOOK, None]) == {
        **KNOWN_AT_ONCE,
        "delivery": {"p50": None, "p99": None},
        "commits": {"p50": None, "p99": None},
        "queue": {"mean batch": None, "largest batch": None, "waiting": 7},
        "slow": None,
        "refused-connections": None,
        "refused-messages": None,
        "ends": None,
    }


async def test_without_a_node_that_tells_nothing_is_made_up(page: Page) -> None:
    found = await page.evaluate(POINTS, [{**LOOK, "nodes": []}, None])
    assert found["buffers"] == {"of a client": None}
    assert found["queue"]["waiting"] is None
    assert found["leases"]["age"] is None
