"""What the tutorial and the how-to pages say, happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import NO_CHROMIUM, find_binary, running_chromium
from tests.needs import require
from tests.servers import ROOT, running
from tests.walkthrough import Walkthrough, blocks

TUTORIAL = ROOT / "docs" / "tutorial.md"
SERVICE = ROOT / "docs" / "how-to" / "write-a-service.md"
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


def test_the_service_of_the_guide_reads_what_a_socket_does_not_bring(tmp_path: Path, migrated_database: Path) -> None:
    with running("runserver", tmp_path, migrated_database, KITT_MAX_REPLAY="1") as server:
        for number in range(3):
            server.manage("publish", "freight", "shipment_request", "--payload", request_for(f"SH-old-{number}"))
        walkthrough = Walkthrough(tmp_path, server)
        try:
            service = next(block for block in blocks(SERVICE.read_text()) if block.file)
            (tmp_path / service.file).write_text(walkthrough.adapted(service.text))
            walkthrough.run(f".venv/bin/python {service.file}")
            walkthrough.compare(service.file, "SH-old-0 has …\nSH-old-1 has …\nSH-old-2 has …")
        finally:
            walkthrough.stop()


def request_for(shipment_id: str) -> str:
    items = [{"width": 50, "height": 40, "depth": 30, "weight": 25}]
    return json.dumps({"shipment_id": shipment_id, "origin": "Chicago", "destination": "Dallas", "items": items})


async def test_the_page_of_the_tutorial_shows_what_its_service_says(walkthrough: Walkthrough) -> None:
    require(find_binary(), NO_CHROMIUM)
    walkthrough.follow(TUTORIAL.read_text())
    async with running_chromium() as browser:
        page = await browser.new_page()
        await page.goto((walkthrough.folder / "page.html").as_uri())
        await page.wait_for_function("() => document.title === 'live'", timeout=TIMEOUT_MS)
        assert await page.inner_text("#messages li") == "1 acknowledger: SH-2 was asked for"
