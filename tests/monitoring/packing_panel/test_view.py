"""The container in 3D: turned, magnified, stepped through, pointed at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, expect

from tests.monitoring.packing_panel.panel import TIMES, Panel
from tests.monitoring.packing_panel.results import cubes, simulated, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Of each box three faces are drawn, two triangles a face.
COUNT_DRAWS = """() => {
    const draw = WebGL2RenderingContext.prototype.drawElements;
    window.drawn = [];
    WebGL2RenderingContext.prototype.drawElements = function (...values) {
        drawn.push(values[1] / 18);
        return draw.apply(this, values);
    };
}"""
FRAMES = "async (count) => { for (; count > 0; count -= 1) await new Promise(requestAnimationFrame); }"


async def drag(panel: Panel) -> None:
    box = await panel.canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await panel.page.mouse.move(x, y)
    await panel.page.mouse.down()
    await panel.page.mouse.move(x + 120, y + 30)
    await panel.page.mouse.up()


async def wheel(panel: Panel) -> None:
    await panel.canvas.hover()
    await panel.page.mouse.wheel(0, -400)


def press(key: str) -> Callable[[Panel], Awaitable[None]]:
    return lambda panel: panel.canvas.press(key)


WAYS = {"a mouse": drag, "a wheel": wheel} | {
    f"the key {key}": press(key) for key in ("ArrowLeft", "ArrowUp", "+", "-")
}


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_seen_from_elsewhere_by(panel: Panel, way: str) -> None:
    await panel.tell(*simulated("SH-1"))
    before = await panel.picture()
    await WAYS[way](panel)
    assert await panel.picture() != before
    await panel.page.get_by_role("button", name="Reset view").click()
    await panel.page.mouse.move(0, 0)
    await panel.canvas.evaluate("canvas => canvas.blur()")
    assert await panel.picture() == before


@pytest.mark.parametrize("way", ["item", "risk"])
async def test_pieces_have_the_colour_that_the_table_says(panel: Panel, way: str) -> None:
    items = [{"item_id": f"item-{number}", "probability": number / 5} for number in range(4)]
    risk = {"shipment_id": "SH-CUBES", "probability": 0.5, "items": items}
    await panel.tell(cubes(5), stored("damage_prediction", risk))
    await panel.page.get_by_label("Colours").select_option(way)
    swatches = await panel.swatches()
    assert len(set(swatches)) == 5
    # Tops are in full light.
    assert set(swatches) <= await panel.colours()


TOUCH = """(canvas, moves) => {
    const box = canvas.getBoundingClientRect();
    canvas.setPointerCapture = () => {};
    for (const [name, pointerId, x, y] of moves) {
        const place = { clientX: box.x + x, clientY: box.y + y };
        canvas.dispatchEvent(new PointerEvent(name, { pointerId, pointerType: "touch", ...place }));
    }
}"""
ONE_FINGER = [["pointerdown", 1, 200, 200], ["pointermove", 1, 260, 200], ["pointerup", 1, 260, 200]]
TWO_FINGERS = [
    *[["pointerdown", 1, 200, 200], ["pointerdown", 2, 300, 200]],
    *[["pointermove", 1, 150, 200], ["pointermove", 2, 350, 200]],
    *[["pointerup", 1, 150, 200], ["pointerup", 2, 350, 200]],
]


@pytest.mark.parametrize("moves", [ONE_FINGER, TWO_FINGERS], ids=["one finger turns", "two fingers magnify"])
async def test_fingers_do_what_they_do_elsewhere(panel: Panel, moves: list[list[object]]) -> None:
    await panel.tell(*simulated("SH-1"))
    before = await panel.picture()
    await panel.canvas.evaluate(TOUCH, moves)
    assert await panel.picture() != before


async def test_the_picture_says_how_large_the_container_is(panel: Panel) -> None:
    await panel.tell(cubes(12))
    for length in ("250 cm", "270 cm", "1,600 cm"):
        await expect(panel.labels.get_by_text(length, exact=True)).to_be_visible()


async def test_a_side_that_is_seen_from_its_end_has_no_length(panel: Panel) -> None:
    await panel.tell(cubes(12))
    for _ in range(11):
        await panel.canvas.press("ArrowUp")
    await expect(panel.labels.get_by_text("1,600 cm", exact=True)).to_be_visible()
    await expect(panel.labels.get_by_text("270 cm", exact=True)).to_be_hidden()


async def test_a_container_of_which_no_size_is_given_has_no_lengths(panel: Panel) -> None:
    await panel.tell(cubes(12))
    unsized = cubes(12, shipment="SH-2")
    del unsized["payload"]["containers"][0]["inner"]
    await panel.tell(unsized)
    await panel.select("SH-2")
    await expect(panel.labels.get_by_text(" cm").locator("visible=true")).to_have_count(0)
    await expect(panel.labels.get_by_text("Doors")).to_be_visible()


async def test_nose_and_doors_change_sides_with_the_container(panel: Panel) -> None:
    await panel.tell(cubes(12))
    nose, doors = (panel.labels.get_by_text(name) for name in ("Nose", "Doors"))
    assert await left_of(nose) < await left_of(doors)
    for _ in range(20):
        await panel.canvas.press("ArrowLeft")
    await panel.page.evaluate(FRAMES, 2)
    assert await left_of(nose) > await left_of(doors)


async def left_of(label: Locator) -> float:
    box = await label.bounding_box()
    assert box is not None
    return box["x"]


async def test_the_legend_names_the_risks_that_there_are(panel: Panel) -> None:
    items = [{"item_id": f"item-{number}", "probability": 0.7} for number in range(2)]
    await panel.tell(
        cubes(3), stored("damage_prediction", {"shipment_id": "SH-CUBES", "probability": 0.5, "items": items})
    )
    await panel.page.get_by_label("Colours").select_option("risk")
    await expect(panel.legend).to_have_text(["critical", "not predicted"])


async def test_the_legend_names_a_few_items_and_counts_the_rest(panel: Panel) -> None:
    message = cubes(9)
    for index, placement in enumerate(message["payload"]["containers"][0]["placements"]):
        placement["item_id"] = f"item-{index}"
    await panel.tell(message)
    await expect(panel.legend).to_have_text([*(f"item-{index}" for index in range(6)), "and 3 more"])


async def test_steps_draw_as_many_pieces_as_they_say(panel: Panel) -> None:
    await panel.page.evaluate(COUNT_DRAWS)
    await panel.tell(cubes(12))
    assert await panel.shown() == "12 of 12: item-1, piece 3"
    for name, count in (
        ("first", 1),
        ("Load the next", 2),
        ("Load the next", 3),
        ("newest piece away", 2),
        ("all", 12),
    ):
        await panel.page.get_by_role("button", name=name).click()
        await panel.page.evaluate(FRAMES, 2)
        assert (await panel.shown()).startswith(f"{count} of 12: ")
        assert await panel.page.evaluate("drawn.at(-1)") == count


async def test_playing_loads_one_piece_after_the_other_and_ends(panel: Panel) -> None:
    await panel.page.evaluate(COUNT_DRAWS)
    await panel.tell(cubes(4))
    await panel.page.get_by_role("button", name="Play").click()
    await panel.page.wait_for_function("drawn.at(-1) === 4 && drawn.length > 4")
    assert [count for count in await panel.page.evaluate("drawn") if count][-4:] == [1, 2, 3, 4]
    await expect(panel.page.get_by_role("button", name="Play")).to_be_visible()


async def test_nothing_is_drawn_while_nothing_changes(panel: Panel) -> None:
    await panel.tell(cubes(4))
    await panel.page.evaluate(FRAMES, 3)
    await panel.page.evaluate(COUNT_DRAWS)
    await panel.page.evaluate(FRAMES, 20)
    assert await panel.page.evaluate("drawn.length") == 0
    await panel.canvas.press("ArrowLeft")
    await panel.page.evaluate(FRAMES, 3)
    assert await panel.page.evaluate("drawn.length") == 1


async def test_many_turns_within_a_frame_are_drawn_once(panel: Panel) -> None:
    await panel.tell(cubes(2000))
    await panel.page.evaluate(FRAMES, 3)
    await panel.page.evaluate(COUNT_DRAWS)
    turn = (
        "canvas => { for (let n = 0; n < 50; n += 1) canvas.dispatchEvent(new KeyboardEvent('keydown', {key: '+'})) }"
    )
    await panel.canvas.evaluate(turn)
    await panel.page.evaluate(FRAMES, 3)
    assert await panel.page.evaluate("drawn") == [2000]


async def test_a_piece_that_is_pointed_at_says_what_it_is(panel: Panel) -> None:
    placement = {
        "item_id": "pump",
        "piece": 2,
        "load_order": 1,
        "position": {"x": 0, "y": 0, "z": 0},
        "size": {"w": 250, "h": 200, "d": 900},
        "load_on_top_kg": 75.5,
    }
    inner = {"width": 250, "height": 200, "depth": 900}
    payload = {"shipment_id": "SH-1", "containers": [{"inner": inner, "placements": [placement]}]}
    await panel.tell(stored("packing_result", payload))
    await panel.canvas.click()
    for words in (
        "pump, piece 2",
        f"250 {TIMES} 200 {TIMES} 900 cm",
        "0 from the left, 0 up, 0 cm from the nose",
        "1 of 1",
        "75.5 kg",
    ):
        await expect(panel.piece).to_contain_text(words)
    await panel.canvas.click(position={"x": 3, "y": 3})
    await expect(panel.piece).to_contain_text("Point at a piece")


async def test_the_newest_piece_of_a_step_says_what_it_is(panel: Panel) -> None:
    await panel.tell(cubes(12))
    await panel.seek(8)
    await expect(panel.piece).to_contain_text("item-2, piece 2")
    await expect(panel.piece).to_contain_text("8 of 12")


async def test_without_webgl_it_says_so_and_the_table_is_there(panel: Panel) -> None:
    await panel.page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    again = """async () => {
        const { PackingPanel } = await import("/static/kitt/live/packing/panel.js");
        window.panel = new PackingPanel(document.getElementById("panel"));
    }"""
    await panel.page.evaluate(again)
    await panel.tell(cubes(3))
    await expect(panel.page.get_by_text("This browser cannot draw the container")).to_be_visible()
    await panel.page.get_by_text("Placements as a table").click()
    await expect(panel.page.get_by_role("region", name="Placements").get_by_role("row")).to_have_count(4)


async def test_a_lost_graphics_context_comes_back_with_the_load(panel: Panel) -> None:
    await panel.tell(cubes(12))
    before = await panel.picture()
    lose = """(canvas) => new Promise((resolve) => {
        const extension = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
        canvas.addEventListener("webglcontextlost", () => setTimeout(() => extension.restoreContext()));
        canvas.addEventListener("webglcontextrestored", () => requestAnimationFrame(resolve));
        extension.loseContext();
    })"""
    await panel.canvas.evaluate(lose)
    assert await panel.picture() == before
