"""A connection that is said to be live is; one that is dead is found, and left."""

from __future__ import annotations

import asyncio

import pytest

from tests.kitt_client.server import Peer
from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_ping_is_answered_while_no_timer_runs(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    peer = await script.peer()
    await tab.freeze_timers()
    for count in range(1, 4):
        await peer.send("ping")
        await script.until(lambda count=count: len(peer.sent("heartbeat")) == count)


async def test_a_quiet_client_sends_heartbeats_at_the_interval_of_the_welcome(script: ServedScript, tab: Tab) -> None:
    script.interval_s = 0.02
    await tab.connect()
    peer = await script.peer()
    await script.until(lambda: len(peer.sent("heartbeat")) == 5)
    assert await tab.states() == ["connecting", "live"]
    assert len(script.peers) == 1


async def fall_silent(peer: Peer) -> None:
    await peer.socket.wait_closed()


async def test_a_heartbeat_without_an_answer_is_stale_and_then_another_connection(
    script: ServedScript, tab: Tab
) -> None:
    async def plan(peer: Peer) -> None:
        await script.welcome(peer)
        await fall_silent(peer)

    script.plans.append(plan)
    script.interval_s = 0.05
    await tab.connect(answerWithinMs=400)
    await script.peer(1)
    await tab.until_state("live")
    assert await tab.states() == ["connecting", "live", "stale", "reconnecting", "live"]


async def test_a_line_that_is_heard_again_is_live_again(script: ServedScript, tab: Tab) -> None:
    answer_late = asyncio.Event()

    async def plan(peer: Peer) -> None:
        await script.welcome(peer)
        await peer.socket.recv()
        await answer_late.wait()
        await peer.send("heartbeat", {"offset": 0})
        await fall_silent(peer)

    script.plans.append(plan)
    script.interval_s = 0.05
    await tab.connect(answerWithinMs=3_000)
    await tab.until_state("stale")
    answer_late.set()
    await tab.until_state("live")
    assert len(script.peers) == 1


async def test_a_line_that_is_only_slow_is_given_more_time_the_next_time(script: ServedScript, tab: Tab) -> None:
    async def plan(peer: Peer) -> None:
        await script.welcome(peer)
        await fall_silent(peer)

    script.plans.extend([plan, plan])
    script.interval_s = 0.1
    await tab.page.clock.install(time=0)
    await tab.page.clock.pause_at(1_000)
    await tab.connect(answerWithinMs=1_000)
    await tab.until_state("live")
    await tab.page.clock.run_for(1_300)
    await tab.page.clock.run_for(100)
    await script.peer(1)
    await tab.until_state("live")
    await tab.page.clock.run_for(1_300)
    assert await tab.states() == ["connecting", "live", "stale", "reconnecting", "live", "stale"]
