"""A promise for each message: its stored copy, or what is wrong with it."""

from __future__ import annotations

import asyncio

import pytest

from tests.chromium import INSECURE_HOST
from tests.kitt_client.server import Frame, Peer
from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import ROUTE, Open, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def silent(peer: Peer, frame: Frame) -> bool:
    """Takes a message, and does not answer it."""
    return True


async def usual(peer: Peer, frame: Frame) -> bool:
    return False


async def test_the_stored_copy_is_the_result(tab: Tab) -> None:
    await tab.connect()
    stored = await tab.publish(correlation_id="x")
    assert (stored["offset"], stored["sender"], stored["epoch"]) == (1, "page", "e1")
    assert (stored["type"], stored["payload"], stored["correlation_id"]) == ("route_update", ROUTE, "x")


async def test_own_messages_come_too_and_once(tab: Tab) -> None:
    await tab.connect()
    await tab.publish()
    await tab.publish()
    await tab.until_offsets([1, 2])


async def test_what_is_unanswered_is_sent_again_in_order_with_the_same_ids(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    sending = [asyncio.create_task(tab.publish({"n": n})) for n in range(3)]
    await script.until(lambda: bool(script.peers) and len(script.peers[0].ids) == 3)
    script.on_message = usual
    script.peers[0].drop()
    assert [stored["offset"] for stored in await asyncio.gather(*sending)] == [1, 2, 3]
    assert script.peers[1].ids == script.peers[0].ids


async def test_a_message_whose_answer_was_lost_is_stored_and_delivered_once(script: ServedScript, tab: Tab) -> None:
    async def store_and_drop(peer: Peer, frame: Frame) -> bool:
        script.on_message = usual
        script.append(frame["id"], "page", payload=frame["payload"])
        peer.drop()
        return True

    script.on_message = store_and_drop
    await tab.connect()
    assert (await tab.publish())["offset"] == 1
    await tab.until_offsets([1])
    assert script.offsets == [1]


async def test_a_message_that_was_stored_in_another_life_is_answered(script: ServedScript, tab: Tab) -> None:
    script.append("mine", "page", payload=ROUTE)
    script.append("other")
    await tab.connect()
    assert (await tab.publish(id="mine"))["offset"] == 1
    assert await tab.told("offsets") == []


async def test_a_copy_with_another_body_is_not_the_answer(script: ServedScript, tab: Tab) -> None:
    async def another_of_this_id_first(peer: Peer, frame: Frame) -> bool:
        await script.store(frame["id"], "page", payload={"shipment_id": "SH-2"})
        await script.store(frame["id"], "page", payload=frame["payload"])
        return True

    script.on_message = another_of_this_id_first
    await tab.connect()
    assert (await tab.publish())["offset"] == 2


async def test_an_answer_out_of_turn_is_not_a_jump(script: ServedScript, tab: Tab) -> None:
    async def overtake(peer: Peer, frame: Frame) -> bool:
        own = [script.append("m1"), script.append(frame["id"], "page", payload=frame["payload"])]
        for stored in (own[1], own[0], own[1]):
            await script.forward(peer, stored)
        return True

    script.on_message = overtake
    await tab.connect()
    assert (await tab.publish())["offset"] == 2
    await tab.until_offsets([1, 2])
    assert len(script.peers) == 1


async def test_a_late_answer_out_of_turn_is_not_a_jump_either(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    peer = await script.peer()
    await tab.publish(id="late", timeoutMs=20)
    other, late = script.append("m1"), script.append("late", "page")
    for stored in (late, other, late):
        await script.forward(peer, stored)
    await tab.until_offsets([1, 2])
    assert len(script.peers) == 1


async def refuse_first(script: ServedScript, code: str, *, retryable: bool) -> list[str]:
    """The server answers the first message with an error; returns where it notes the ids that came."""
    seen: list[str] = []

    async def answer(peer: Peer, frame: Frame) -> bool:
        seen.append(frame["id"])
        if len(seen) == 1:
            payload = {"code": code, "message": "No.", "retryable": retryable, "errors": []}
            await peer.send("error", payload, correlation_id=frame["correlation_id"])
        return len(seen) == 1

    script.on_message = answer
    return seen


async def test_a_refused_message_does_not_harm_the_next(script: ServedScript, tab: Tab) -> None:
    await refuse_first(script, "validation_failed", retryable=False)
    await tab.connect()
    refused = await tab.publish()
    assert (refused["error"], refused["code"]) == ("PublishRefused", "validation_failed")
    assert (await tab.publish())["offset"] == 1
    assert len(script.peers) == 1


@pytest.mark.parametrize("code", ["rate_limited", "internal"])
async def test_a_refusal_that_may_pass_is_sent_again_with_the_same_id(
    script: ServedScript, tab: Tab, code: str
) -> None:
    seen = await refuse_first(script, code, retryable=True)
    await tab.connect()
    stored = await tab.publish()
    assert seen == [stored["id"], stored["id"]]


async def test_without_an_answer_a_publish_times_out(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    assert (await tab.publish(id="mine", timeoutMs=20))["error"] == "PublishTimeout"


async def test_a_message_that_timed_out_is_not_sent_again(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    await script.peer()
    await tab.publish(id="late", timeoutMs=20)
    script.on_message = usual
    script.peers[0].drop()
    await tab.publish(id="next")
    assert script.peers[1].ids == ["next"]


async def test_no_more_than_the_burst_are_on_their_way(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    peer = await script.peer()
    await tab.page.evaluate("() => { for (let n = 0; n < 40; n += 1) stream.publish('route_update', { n }); }")
    # The answer comes after everything that was sent before it.
    await peer.send("ping")
    await script.until(lambda: len(peer.sent("heartbeat")) == 1)
    assert len(peer.ids) == 32
    await script.answer(peer, peer.received[0])
    await script.until(lambda: len(peer.ids) == 33)


async def test_messages_that_share_a_correlation_id_are_sent_one_after_another(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    peer = await script.peer()
    sending = [asyncio.create_task(tab.publish(correlation_id="same")) for _ in range(2)]
    await script.until(lambda: len(peer.ids) == 1)
    # The second has been given to the client before this, and the answer comes after everything that it sent.
    await tab.page.evaluate("0")
    await peer.send("ping")
    await script.until(lambda: len(peer.sent("heartbeat")) == 1)
    assert len(peer.ids) == 1
    script.on_message = usual
    await script.answer(script.peers[0], script.peers[0].received[0])
    assert [stored["offset"] for stored in await asyncio.gather(*sending)] == [1, 2]


@pytest.mark.parametrize(
    "expression",
    [
        "stream.publish('route_update', { eta: NaN })",
        "stream.publish('route_update', { note: '\\ud800' })",
        "stream.publish('route_update', { when: () => {} })",
        "stream.publish('route_update', {}, { id: 'x'.repeat(129) })",
        "stream.publish('heartbeat', {})",
    ],
)
async def test_what_the_server_could_not_read_or_name_is_refused_at_once(tab: Tab, expression: str) -> None:
    await tab.connect()
    assert await tab.page.evaluate(f"() => {expression}.catch((error) => error.name)") == "TypeError"


async def test_what_would_break_the_connection_is_refused_at_once(tab: Tab) -> None:
    await tab.connect()
    assert (await tab.publish({"plan": "x" * 2 * 1024 * 1024}))["code"] == "too_large"


async def test_a_megabyte_goes_both_ways(tab: Tab) -> None:
    await tab.connect()
    stored = await tab.publish({"plan": "x" * 1024 * 1024})
    assert len(stored["payload"]["plan"]) == 1024 * 1024


async def test_who_still_publishes_when_the_stream_is_closed_is_told(script: ServedScript, tab: Tab) -> None:
    script.on_message = silent
    await tab.connect()
    publishing = asyncio.create_task(tab.publish())
    await script.until(lambda: bool(script.peers) and len(script.peers[0].ids) == 1)
    await tab.page.evaluate("stream.close()")
    assert (await publishing)["error"] == "Closed"
    assert (await tab.publish())["error"] == "Closed"


async def test_a_page_without_https_can_publish_too(script: ServedScript, open_tab: Open) -> None:
    tab = await open_tab(script.page_url.replace("127.0.0.1", INSECURE_HOST))
    assert not await tab.page.evaluate("isSecureContext")
    await tab.connect()
    assert (await tab.publish())["offset"] == 1
