"""A chart of the operators' page, on a canvas of a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The legend, and the columns of the canvas in which there is a pixel of each of the first two lines' colours.
DRAWN = """async ([byCode, values]) => {
    const { LineChart } = await import("/static/kitt/ops/chart.js");
    const { History } = await import("/static/kitt/ops/history.js");
    const place = document.createElement("section");
    place.className = "chart";
    document.body.append(place);
    const history = new History();
    const chart = new LineChart(place, history, { title: "Ends", byCode, format: String });
    values.forEach((each, index) => history.add(30_000 * index, each));
    chart.draw();
    const canvas = place.querySelector("canvas");
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const columnsOf = (line) => {
        const hex = getComputedStyle(document.body).getPropertyValue(line).trim();
        const wanted = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
        const found = new Set();
        for (let at = 0; at < data.length; at += 4) {
            if (wanted.every((part, index) => data[at + index] === part)) found.add((at / 4) % width);
        }
        return [...found].map((column) => Math.round(column / devicePixelRatio));
    };
    return {
        legend: [...place.querySelectorAll("li")].map((item) => item.textContent),
        label: canvas.getAttribute("aria-label"),
        width: canvas.clientWidth,
        lines: ["--line-1", "--line-2"].map(columnsOf),
    };
}"""
# Between the axis and the edge, where the last two minutes are.
LEFT, RIGHT = 40, 8


async def drawn(page: Page, *values: dict[str, float | None] | None, by_code: bool = False) -> Any:
    """Of points half a minute apart."""
    await page.emulate_media(color_scheme="light")
    return await page.evaluate(DRAWN, [by_code, values])


def share(found: Any, column: float) -> float:
    """Where a column is between the oldest and the newest time."""
    return (column - LEFT) / (found["width"] - LEFT - RIGHT)


async def test_a_line_goes_from_its_first_value_to_now(ops: Page) -> None:
    found = await drawn(ops, {"a": 1}, {"a": 4}, {"a": 2})
    columns = found["lines"][0]
    assert share(found, min(columns)) == pytest.approx(0.5, abs=0.02)
    assert share(found, max(columns)) == pytest.approx(1, abs=0.02)
    assert len(columns) > 0.45 * found["width"] * 0.9
    assert found["lines"][1] == []


async def test_what_is_not_known_is_a_gap(ops: Page) -> None:
    found = await drawn(ops, {"a": 1}, {"a": 1}, None, {"a": 1}, {"a": 1})
    shares = [share(found, column) for column in found["lines"][0]]
    assert any(each < 0.25 for each in shares)
    assert any(each > 0.75 for each in shares)
    assert not any(0.3 < each < 0.7 for each in shares)


async def test_a_value_between_two_gaps_is_a_dot(ops: Page) -> None:
    found = await drawn(ops, {"a": 0}, {"a": None}, {"a": 1}, {"a": None}, {"a": 0})
    assert any(0.45 < share(found, column) < 0.55 for column in found["lines"][0])


async def test_the_legend_and_the_label_say_the_newest_values(ops: Page) -> None:
    found = await drawn(ops, {"a": 1, "b": 5}, {"a": 2, "b": None})
    assert found["legend"] == ["a 2", "b —"]
    assert found["label"] == "Ends, the last ten minutes; now a 2, b —"


async def test_a_code_that_has_not_occurred_has_no_line(ops: Page) -> None:
    found = await drawn(ops, {"1000": 0, "4102": 1}, {"1000": 0}, by_code=True)
    assert found["legend"] == ["4102 0"]
    assert found["lines"][0] == []
    assert found["lines"][1] != []


async def test_where_no_code_occurred_it_says_so(ops: Page) -> None:
    found = await drawn(ops, {"1000": 0}, by_code=True)
    assert (found["legend"], found["label"]) == (["none"], "Ends, the last ten minutes; now none")
