"""Each message once and in order, whatever the server sends."""

from __future__ import annotations

import pytest

from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def fill(script: ServedScript, count: int) -> None:
    for _ in range(count):
        await script.store(f"m{len(script.log)}")


async def test_messages_come_in_order(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await script.peer()
    await fill(script, 3)
    await tab.until_offsets([1, 2, 3])


async def test_the_newest_messages_can_be_had(script: ServedScript, tab: Tab) -> None:
    await fill(script, 5)
    await tab.connect(last=2)
    await tab.until_offsets([4, 5])


async def test_a_place_is_resumed(script: ServedScript, tab: Tab) -> None:
    await fill(script, 5)
    await tab.connect(since=2, epoch="e1")
    await tab.until_offsets([3, 4, 5])


async def test_a_lost_connection_is_resumed_without_gap_or_duplicate(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await script.peer()
    await fill(script, 2)
    await tab.until_offsets([1, 2])
    script.peers[0].drop()
    script.append("missed")
    await script.peer(1)
    await fill(script, 1)
    await tab.until_offsets([1, 2, 3, 4])
    assert script.peers[1].query == {"client_id": "page", "since": "2", "epoch": "e1"}


async def test_duplicates_are_dropped(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    peer = await script.peer()
    await fill(script, 1)
    await script.forward(peer, script.log[0])
    await fill(script, 1)
    await tab.until_offsets([1, 2])


async def test_a_jump_in_the_offsets_is_repaired_from_the_log(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await script.peer()
    await fill(script, 1)
    script.append("lost on the way")
    await fill(script, 1)
    await tab.until_offsets([1, 2, 3])
    assert script.peers[1].query["since"] == "1"


async def test_a_lost_last_message_is_found_by_the_heartbeats(script: ServedScript, tab: Tab) -> None:
    script.interval_s = 0.02
    await tab.connect()
    await script.peer()
    script.append("lost on the way")
    await tab.until_offsets([1])


async def test_a_new_epoch_is_told_as_a_gap_before_what_follows(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await script.peer()
    await fill(script, 2)
    await tab.until_offsets([1, 2])
    script.epoch, script.log = "e2", script.log[:1]
    script.peers[0].drop()
    await script.peer(1)
    await fill(script, 1)
    await tab.until("() => told.offsets.length === 3")
    gap = {"missedAfter": 2, "resumesAfter": 1, "head": 1, "epoch": "e2"}
    told = [told for told in await tab.told("order") if told[0] != "states"]
    assert told == [["offsets", 1], ["offsets", 2], ["gaps", gap], ["offsets", 2]]
    assert (await tab.told("states"))[-1] == {"name": "live", "recovered": False, "error": None}


async def test_after_a_gap_the_newest_messages_come_where_they_were_asked_for(script: ServedScript, tab: Tab) -> None:
    await fill(script, 9)
    await tab.connect(since=500, epoch="another", last=2)
    await tab.until_offsets([8, 9])
    assert (await tab.told("gaps"))[0]["resumesAfter"] == 7


BREAK_THE_HANDLER = """() => {
    window.reported = [];
    addEventListener("error", (event) => { event.preventDefault(); reported.push(event.message); });
    told.payloads.push = () => { throw new Error("of a handler"); };
}"""


async def test_a_handler_that_throws_costs_neither_the_connection_nor_the_order(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await script.peer()
    await tab.page.evaluate(BREAK_THE_HANDLER)
    await fill(script, 2)
    await tab.until_offsets([1, 2])
    await tab.until("() => reported.length === 2")
    assert len(script.peers) == 1
