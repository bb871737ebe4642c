"""The live page, as somebody sees it who sits before it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page

TIMEOUT_MS = 20_000
NO_ERROR = ("WebSocket connection to ", "Failed to load resource: net::ERR_")
"""How the browser's console tells of a line that is down: no fault of the page."""


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._heard(message))

    async def until_light(self, name: str, endpoint: str = "freight") -> None:
        """Until the light of an endpoint is live, reconnecting, stale …"""
        await self.page.wait_for_selector(f'.light.{name}[data-endpoint="{endpoint}"]')

    async def until_live(self) -> None:
        for endpoint in ("freight", "packing", "notifications"):
            await self.until_light("live", endpoint)

    async def open(self, panel: str) -> None:
        await self.page.click(f'#tabs button[data-panel="{panel}"]')

    def row(self, shipment_id: str) -> Locator:
        return self.page.locator("#table tbody tr", has_text=shipment_id)

    def card(self, title: str) -> Locator:
        return self.page.locator("#notices .card", has_text=title)

    async def until_text(self, found: Locator, text: str) -> None:
        await found.filter(has_text=text).wait_for()

    async def search(self, text: str) -> None:
        await self.page.fill("#search", text)

    async def logged_offsets(self, endpoint: str = "freight") -> list[int]:
        """Of the messages in the log, the oldest first."""
        texts = await self.page.locator("#messages .offset").all_text_contents()
        return [int(text.split()[1]) for text in reversed(texts) if text.startswith(endpoint)]

    async def until_logged(self, offset: int) -> None:
        await self.page.locator("#messages .offset", has_text=f"freight {offset}").first.wait_for()

    async def evaluate(self, script: str, argument: Any = None) -> Any:
        return await self.page.evaluate(script, argument)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NO_ERROR):
            self.errors.append(message.text)
