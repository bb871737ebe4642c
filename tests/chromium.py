"""A real Chromium: the system's, without a window, and silent towards everybody but the pages that a test opens."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = "no Chromium: apt-get install chromium"
# This machine under a name that, unlike localhost, gives a page no more rights than any other without https.
INSECURE_HOST = "warehouse.test"
# --no-sandbox: as root, and in containers, it does not start with one.
FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
]


def find_binary() -> Path | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_binary(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
