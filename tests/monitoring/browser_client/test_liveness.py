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
    heard = asyncio.Event()

    async def never_answers(peer: Peer) -> None:
        await script.welcome(peer)
        await fall_silent(peer)

    async def answers_when_told(peer: Peer) -> None:
        await script.welcome(peer)
        await peer.socket.recv()
        await heard.wait()
        await script.store("m1")
        await fall_silent(peer)

    # Three limits pass in vain, of 0.1, 0.2 and 0.4 s; the fourth of 0.8 s would be too short at its half.
    script.plans.extend([never_answers] * 3 + [answers_when_told])
    script.interval_s = 0.01
    await tab.connect(answerWithinMs=100)
    await script.peer(3)
    await tab.until_state("stale")
    heard.set()
    await tab.until_offsets([1])
    assert len(script.peers) == 4
