"""What the tutorial and the how-to pages say, happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import NO_CHROMIUM, find_binary, running_chromium
from tests.needs import require
from tests.postgres import create_database
from tests.redis import Redis
from tests.servers import ROOT, free_port, running
from tests.walkthrough import Walkthrough, blocks

README = ROOT / "README.md"
TUTORIAL = ROOT / "docs" / "tutorial.md"
SERVICE = ROOT / "docs" / "how-to" / "write-a-service.md"
SCALE_OUT = ROOT / "docs" / "how-to" / "scale-out.md"
SHOW_PACKING = ROOT / "docs" / "how-to" / "show-packing.md"
AUTHENTICATE = ROOT / "docs" / "how-to" / "authenticate.md"
PAGES = [TUTORIAL, *sorted(set((ROOT / "docs" / "how-to").glob("*.md")) - {SCALE_OUT})]
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


def test_three_processes_are_made_as_the_guide_says(
    tmp_path: Path, migrated_database: Path, postgres_url: str, own_redis: Redis
) -> None:
    names = {
        "postgresql://kitt:password@localhost/kitt": create_database(postgres_url, "scale_out"),
        "redis://localhost:6379/0": own_redis.url,
    }
    for written in (8001, 8002, 8003):
        here = free_port()
        names |= {f"localhost:{written}": f"127.0.0.1:{here}", f"--port {written}": f"--port {here}"}
    with running("serve", tmp_path, migrated_database) as server:
        server.manage("publish", "freight", "route_update", "--payload", '{"shipment_id": "SH-0"}')
        walkthrough = Walkthrough(tmp_path, server, names)
        try:
            walkthrough.follow(SCALE_OUT.read_text())
        finally:
            walkthrough.stop()


def test_the_service_of_the_guide_reads_what_a_socket_does_not_bring(tmp_path: Path, migrated_database: Path) -> None:
    with running("runserver", tmp_path, migrated_database, KITT_MAX_REPLAY="1") as server:
        for number in range(3):
            server.manage("publish", "freight", "shipment_request", "--payload", request_for(f"SH-old-{number}"))
        walkthrough = Walkthrough(tmp_path, server)
        try:
            service = next(block for block in blocks(SERVICE.read_text()) if block.file)
            walkthrough.save(service)
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


async def test_the_client_and_the_page_of_the_readme_show_what_is_published(walkthrough: Walkthrough) -> None:
    require(find_binary(), NO_CHROMIUM)
    for block in blocks(README.read_text()):
        if block.file:
            walkthrough.save(block)
    walkthrough.run(".venv/bin/python client.py")
    walkthrough.compare("client.py", "stored at 1\n1 tms {'shipment_id': 'SH-001'}")
    async with running_chromium() as browser:
        page = await browser.new_page()
        await page.goto((walkthrough.folder / "page.html").as_uri())
        await page.wait_for_function("() => document.body.innerText.includes('SH-001')", timeout=TIMEOUT_MS)
        assert await page.title() == "live"


async def test_the_load_of_the_guide_stands_on_the_live_page(walkthrough: Walkthrough) -> None:
    require(find_binary(), NO_CHROMIUM)
    async with running_chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{walkthrough.server.url}/live/")
        await page.click("#tabs [data-panel=packing]")
        await asyncio.to_thread(walkthrough.follow, SHOW_PACKING.read_text())
        await page.wait_for_selector("#packing :text('SH-77-1 · 12 pieces loaded, 0 left out')", timeout=TIMEOUT_MS)
        await page.wait_for_selector("#packing :text('medium risk 31 %')", timeout=TIMEOUT_MS)


async def test_the_page_of_the_guide_shows_what_its_token_lets_it_see(walkthrough: Walkthrough) -> None:
    require(find_binary(), NO_CHROMIUM)
    walkthrough.follow(AUTHENTICATE.read_text())
    async with running_chromium() as browser:
        page = await browser.new_page()
        page.on("dialog", lambda dialog: dialog.accept(walkthrough.variables["TOKEN"]))
        await page.goto((walkthrough.folder / "tablet.html").as_uri())
        await page.wait_for_function("() => document.querySelectorAll('#messages li').length === 2", timeout=TIMEOUT_MS)
        assert (await page.inner_text("#messages")).split() == ["1", "tablet-7", "2", "tablet-7"]
