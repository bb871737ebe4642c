"""The packing panel in a page of its own, and what a user sees of it."""

from __future__ import annotations

import base64
from typing import Any

from playwright.async_api import Locator, Page

TIMES = "\u00d7"

SET_UP = """async () => {
    document.head.innerHTML = `
        <title>Packing</title>
        <meta name="viewport" content="width=device-width">
        <link rel="stylesheet" href="/static/kitt/live/packing/panel.css">`;
    document.body.innerHTML = "<main id=panel></main>";
    const { PackingPanel } = await import("/static/kitt/live/packing/panel.js");
    window.panel = new PackingPanel(document.getElementById("panel"));
}"""
TELL = """async (messages) => {
    messages.forEach((message) => panel.onMessage(message));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}"""
SEEK = """(slider, count) => {
    slider.value = count;
    slider.dispatchEvent(new Event("input"));
}"""


COLOURS = """async (picture) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 4) found.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
    return [...found];
}"""


class Panel:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.get_by_role("application")
        self.rows = page.get_by_role("navigation").get_by_role("button")
        self.status = page.locator(".packing-note")
        self.labels = page.locator(".packing-labels")
        self.legend = page.get_by_role("list", name="Legend").get_by_role("listitem")
        self.piece = page.locator(".packing-piece")

    async def tell(self, *messages: dict[str, Any]) -> None:
        """As many messages as one frame of the screen brings."""
        await self.page.evaluate(TELL, list(messages))

    async def select(self, shipment: str) -> None:
        await self.page.evaluate("shipment => panel.select(shipment)", shipment)

    async def picture(self) -> bytes:
        """Without the buttons over it, which look another way once they were pressed."""
        return await self.canvas.screenshot(style=".packing-zoom { visibility: hidden }")

    async def colours(self) -> set[str]:
        """Of the picture, as CSS has them."""
        return set(await self.page.evaluate(COLOURS, base64.b64encode(await self.picture()).decode()))

    async def swatches(self) -> list[str]:
        """The colours of the items, as the table has them."""
        script = "swatches => swatches.map((swatch) => getComputedStyle(swatch).backgroundColor)"
        found: list[str] = await self.page.locator(".packing-swatch").evaluate_all(script)
        return found

    async def seek(self, count: int) -> None:
        await self.page.get_by_label("Pieces loaded").evaluate(SEEK, count)

    async def shown(self) -> str:
        return await self.page.get_by_label("Pieces loaded").get_attribute("aria-valuetext") or ""

    def card(self, title: str) -> Locator:
        return self.page.locator(".packing-card").filter(has=self.page.get_by_role("heading", name=title))

    def item_row(self, item: str) -> Locator:
        return self.page.get_by_role("region", name="Items").get_by_role("row").filter(has_text=item)
