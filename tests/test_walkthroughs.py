"""What the tutorial and the how-to pages say, happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import NO_CHROMIUM, find_binary, running_chromium
from tests.needs import require
from tests.servers import ROOT, running
from tests.walkthrough import Walkthrough

TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = [TUTORIAL, *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
TIMEOUT_MS = 15_000


@pytest.fixture
def walkthrough(tmp_path: Path, migrated_database: Path) -> Iterator[Walkthrough]:
    with running("runserver", tmp_path, migrated_database) as server:
        walkthrough = Walkthrough(tmp_path, server)
        yield walkthrough
        walkthrough.stop()


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_command_prints_what_stands_below_it(walkthrough: Walkthrough, page: Path) -> None:
    walkthrough.follow(page.read_text())
    assert walkthrough.programs


async def test_the_page_of_the_tutorial_shows_what_its_service_says(walkthrough: Walkthrough) -> None:
    require(find_binary(), NO_CHROMIUM)
    walkthrough.follow(TUTORIAL.read_text())
    async with running_chromium() as browser:
        page = await browser.new_page()
        await page.goto((walkthrough.folder / "page.html").as_uri())
        await page.wait_for_function("() => document.title === 'live'", timeout=TIMEOUT_MS)
        assert await page.inner_text("#messages li") == "1 acknowledger: SH-2 was asked for"
