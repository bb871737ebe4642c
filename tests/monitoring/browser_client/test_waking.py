"""Sleep, a closed laptop, a network that goes and comes, a tab that nobody looked at."""

from __future__ import annotations

import pytest

from tests.kitt_client.server import Peer
from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import QUICK, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY_MS = 86_400_000
PATIENT = {**QUICK, "baseMs": DAY_MS, "capMs": DAY_MS}


async def live(script: ServedScript, tab: Tab, **options: object) -> Peer:
    await tab.connect(**options)
    await tab.until_state("live")
    return await script.peer()


async def heartbeat(script: ServedScript, peer: Peer) -> None:
    await script.until(lambda: len(peer.sent("heartbeat")) > 0)


@pytest.mark.parametrize("moment", ["online", "offline", "pageshow"])
async def test_the_line_is_tried_at_once_after(script: ServedScript, tab: Tab, moment: str) -> None:
    peer = await live(script, tab)
    await tab.page.evaluate("moment => dispatchEvent(new Event(moment))", moment)
    await heartbeat(script, peer)


async def test_the_line_is_tried_when_the_tab_is_looked_at_again(script: ServedScript, tab: Tab) -> None:
    peer = await live(script, tab)
    await tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await heartbeat(script, peer)


async def test_after_a_sleep_the_state_is_stale_until_the_server_answers(script: ServedScript, tab: Tab) -> None:
    await tab.page.clock.install()
    peer = await live(script, tab)
    await tab.page.clock.fast_forward(10 * 60 * 1000)
    await heartbeat(script, peer)
    await tab.until_state("live")
    assert await tab.states() == ["connecting", "live", "stale", "live"]


async def test_a_line_that_died_in_a_sleep_is_replaced_with_no_gap(script: ServedScript, tab: Tab) -> None:
    async def plan(peer: Peer) -> None:
        await script.welcome(peer)
        await peer.socket.wait_closed()

    script.plans.append(plan)
    await tab.page.clock.install()
    peer = await live(script, tab)
    peer.is_live = False
    await script.store("missed in the sleep")
    await tab.page.clock.fast_forward(10 * 60 * 1000)
    await tab.until_state("stale")
    await tab.page.clock.run_for(11_000)
    await tab.until_offsets([1])


async def test_a_page_that_was_frozen_misses_nothing(script: ServedScript, tab: Tab) -> None:
    peer = await live(script, tab)
    chromium = await tab.page.context.new_cdp_session(tab.page)
    await chromium.send("Page.setWebLifecycleState", {"state": "frozen"})
    await script.store("m1")
    peer.drop()
    await script.store("m2")
    await chromium.send("Page.setWebLifecycleState", {"state": "active"})
    await tab.until_offsets([1, 2])


async def test_a_network_that_comes_back_ends_the_wait(script: ServedScript, tab: Tab) -> None:
    script.statuses.append(503)
    await tab.connect(backoff=PATIENT)
    await tab.until_state("reconnecting")
    await tab.page.context.set_offline(True)
    await tab.page.context.set_offline(False)
    await tab.until_state("live")


async def test_a_network_that_comes_back_does_not_end_a_wait_that_the_server_asked_for(
    script: ServedScript, tab: Tab
) -> None:
    async def plan(peer: Peer) -> None:
        await peer.disconnect(4100, retry_after_ms=DAY_MS)

    script.plans.append(plan)
    await tab.connect()
    await tab.until_state("reconnecting")
    await tab.page.evaluate("dispatchEvent(new Event('online'))")
    # What is opened after that is there, and nothing of before.
    await tab.connect(clientId="second")
    await tab.until_state("live")
    assert [peer.query["client_id"] for peer in script.peers] == ["page", "second"]


NOTE_LISTENERS = """() => {
    window.signals = [];
    const usual = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (name, listener, options) {
        if (options?.signal) signals.push(options.signal);
        usual.call(this, name, listener, options);
    };
}"""


async def test_a_closed_stream_listens_to_nothing_any_more(script: ServedScript, tab: Tab) -> None:
    await tab.page.evaluate(NOTE_LISTENERS)
    await live(script, tab)
    await tab.page.evaluate("stream.close()")
    assert await tab.page.evaluate("signals.map((signal) => signal.aborted)") == [True] * 5
