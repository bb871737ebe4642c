"""The client in a real browser against the real thing, whose lines are cut and whose process is killed."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import PASSWORD, create_user
from tests.clients import ROUTE_UPDATE, connect
from tests.crashes import Restarter
from tests.monitoring.browser_client.tab import Open, Tab
from tests.proxy import Proxy
from tests.servers import ROOT, Server, free_port, running
from tests.tokens import SECRET, token
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = pytest.mark.parametrize("kind", ["runserver", "serve"])
PAGE = "/health/live"


async def publish(server: Server, count: int) -> list[int]:
    """By another client. Returns the offsets."""
    async with connect(server.ws_url, client_id="tms") as tms:
        return [(await tms.ask(ROUTE_UPDATE))["offset"] for _ in range(count)]


async def open_live(open_tab: Open, server: Server, port: int | None = None, **options: Any) -> Tab:
    """A tab that follows from the beginning."""
    tab = await open_tab(server.url + PAGE)
    await tab.connect(url=f"ws://127.0.0.1:{port or server.port}", since=0, **options)
    await tab.until_state("live")
    return tab


async def told_states(tab: Tab) -> list[str]:
    """Without catching up: whether there was something to catch up with is a matter of milliseconds."""
    return [name for name in await tab.states() if name != "catching_up"]


@pytest.fixture
def restarter(request: pytest.FixtureRequest, tmp_path: Path, migrated_database: Path) -> Iterator[Restarter]:
    database = shutil.copy(migrated_database, tmp_path / "kitt.sqlite3")
    restarter = Restarter(request.param, tmp_path, database, free_port())
    yield restarter
    restarter.server.stop()


@pytest.fixture(params=["runserver", "serve"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path, migrated_database: Path) -> Iterator[Server]:
    """A server that asks for tokens."""
    with running(request.param, tmp_path, migrated_database, KITT_AUTH="token", KITT_TOKEN_SECRET=SECRET) as started:
        yield started


@pytest.mark.parametrize("restarter", ["runserver", "serve"], indirect=True)
async def test_a_server_that_is_killed_and_started_again_leaves_no_gap(restarter: Restarter, open_tab: Open) -> None:
    tab = await open_live(open_tab, restarter.server)
    await publish(restarter.server, 3)
    await tab.until_offsets([1, 2, 3])
    await restarter.crash()
    await publish(restarter.server, 3)
    await tab.until_offsets([1, 2, 3, 4, 5, 6])
    assert await tab.told("gaps") == []
    assert await told_states(tab) == ["connecting", "live", "reconnecting", "live"]


@pytest.mark.parametrize("restarter", ["runserver", "serve"], indirect=True)
async def test_a_server_that_restarts_says_when_to_come_back(restarter: Restarter, open_tab: Open) -> None:
    tab = await open_live(open_tab, restarter.server)
    await asyncio.to_thread(restarter.server.stop)
    await tab.until_state("reconnecting")
    await asyncio.to_thread(restarter.start)
    await tab.until_state("live")
    lost = (await tab.told("states"))[2]
    assert (lost["code"], lost["reason"]) == (4200, "server restarting")


@KINDS
async def test_a_network_that_is_cut_without_a_word_leaves_no_gap(
    kind: str, tmp_path: Path, migrated_database: Path, open_tab: Open
) -> None:
    with running(kind, tmp_path, migrated_database, KITT_HEARTBEAT_INTERVAL="1", KITT_STALE_AFTER="5") as server:
        async with Proxy(server.port) as proxy:
            tab = await open_live(open_tab, server, proxy.port, answerWithinMs=1_000)
            await publish(server, 2)
            await tab.until_offsets([1, 2])
            proxy.partition()
            await tab.until_state("reconnecting")
            await publish(server, 3)
            proxy.heal()
            await tab.until_offsets([1, 2, 3, 4, 5])
            await tab.until_state("live")
            assert await tab.told("gaps") == []
            assert await told_states(tab) == ["connecting", "live", "stale", "reconnecting", "live"]


async def test_what_is_published_over_a_bad_line_is_stored_once_and_seen_once(server: Server, open_tab: Open) -> None:
    async with Proxy(server.port) as proxy:
        tab = await open_tab(server.url + PAGE)
        await tab.connect("packing", url=f"ws://127.0.0.1:{proxy.port}", last=0)
        await tab.until_state("live")
        results = []
        for number in range(15):
            payload = {"shipment_id": f"SH-{number}", "probability": 0.5}
            sending = asyncio.create_task(tab.publish(payload, "damage_prediction"))
            proxy.cut(1.0)
            results.append((await sending)["offset"])
        first = results[0]
        assert results == list(range(first, first + 15))
        await tab.until_offsets(results)


async def test_a_bad_message_is_refused_with_its_code_and_its_fields(server: Server, open_tab: Open) -> None:
    tab = await open_live(open_tab, server)
    refused = await tab.publish({"eta": "soon"})
    assert (refused["error"], refused["code"]) == ("PublishRefused", "validation_failed")
    assert {"path": "/shipment_id", "code": "missing", "message": "is required"} in refused["errors"]
    assert (await tab.publish())["sender"] == "page"


FLOOD = """() => Promise.all(
    Array.from({ length: 60 }, (_, n) => stream.publish("route_update", { shipment_id: "F", n }))
)"""


async def test_a_flood_is_held_back_and_arrives_whole(server: Server, open_tab: Open) -> None:
    tab = await open_live(open_tab, server)
    assert len({stored["offset"] for stored in await tab.page.evaluate(FLOOD)}) == 60
    assert (await tab.states())[-1] == "live"


async def test_a_place_that_is_not_of_this_stream_is_told_as_a_gap(server: Server, open_tab: Open) -> None:
    head = (await publish(server, 1))[-1]
    tab = await open_tab(server.url + PAGE)
    await tab.connect(since=head, epoch="another")
    await tab.until_state("live")
    assert (await tab.told("states"))[-1]["recovered"] is False
    assert (await tab.told("gaps"))[0]["missedAfter"] == head
    assert await tab.told("offsets") == []


async def test_catching_up_is_told_step_by_step(server: Server, open_tab: Open) -> None:
    head = (await publish(server, 8))[-1]
    tab = await open_tab(server.url + PAGE)
    await tab.connect(last=5)
    await tab.until_state("live")
    steps = [(state.get("done"), state.get("total")) for state in await tab.told("states")]
    assert steps == [(None, None), (0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (None, None)]
    assert await tab.told("offsets") == list(range(head - 4, head + 1))


@KINDS
async def test_a_page_whose_timers_stand_still_stays_connected(
    kind: str, tmp_path: Path, migrated_database: Path, open_tab: Open
) -> None:
    with running(kind, tmp_path, migrated_database, KITT_HEARTBEAT_INTERVAL="0.5", KITT_STALE_AFTER="2") as server:
        tab = await open_live(open_tab, server)
        await tab.freeze_timers()
        # Far more pings than there is room for between two silences.
        await until(lambda: len(tab.sent) >= 5 or tab.sockets[0].is_closed())
        assert (await tab.states(), len(tab.sockets)) == (["connecting", "live"], 1)


async def test_a_token_opens_the_door(guarded: Server, open_tab: Open) -> None:
    tab = await open_tab(guarded.url + PAGE)
    await tab.connect(tokens=[token(sub="page")])
    assert (await tab.publish())["sender"] == "page"


async def test_without_a_token_the_door_stays_shut(guarded: Server, open_tab: Open) -> None:
    tab = await open_tab(guarded.url + PAGE)
    await tab.connect()
    await tab.until_state("closed")
    assert (await tab.told("states"))[-1]["error"].startswith("Refused: 4001 unauthenticated")


async def test_the_session_of_a_user_needs_neither_a_token_nor_a_name(guarded: Server, open_tab: Open) -> None:
    create_user(guarded, "ann", "view_message", "add_message")
    tab = await open_tab(guarded.url + PAGE)
    await log_in(tab, guarded, "ann")
    await tab.page.goto(guarded.url + PAGE)
    await tab.connect(clientId=None)
    assert (await tab.publish())["sender"] == "user:ann"


async def test_the_page_of_the_readme_shows_what_others_publish(server: Server, open_tab: Open, tmp_path: Path) -> None:
    example = re.search(r"```html\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert example is not None
    page = tmp_path / "page.html"
    page.write_text(example[1].replace("http://localhost:8000", server.url))
    tab = await open_tab(page.as_uri())
    await tab.until("() => document.title === 'live'")
    async with connect(server.ws_url, client_id="tms") as tms:
        await tms.ask({"type": "route_update", "payload": {"shipment_id": "SH-README"}})
    await tab.until("() => document.body.textContent.includes('SH-README')")


async def log_in(tab: Tab, server: Server, name: str) -> None:
    await tab.page.goto(server.url + "/admin/login/?next=/admin/")
    await tab.page.fill("#id_username", name)
    await tab.page.fill("#id_password", PASSWORD)
    await tab.page.click("[type=submit]")
    await tab.page.wait_for_url("**/admin/")
