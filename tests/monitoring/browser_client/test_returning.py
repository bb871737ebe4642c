"""Coming back as the close code advises, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kitt_client.server import Peer, Plan
from tests.monitoring.browser_client.served import ServedScript
from tests.monitoring.browser_client.tab import QUICK, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY_MS = 86_400_000
ADVICE = "/static/kitt/client/advice.js"
# The least and the most of many waits, in ms.
WAITS = """async ([module, ending, failures]) => {
    const { waitMs, BACKOFF } = await import(module);
    const waits = Array.from({ length: 1000 }, () => waitMs({ retryAfterMs: null, ...ending }, failures, BACKOFF));
    return [Math.min(...waits), Math.max(...waits)];
}"""


async def waits(tab: Tab, code: int, failures: int, **ending: Any) -> tuple[float, float]:
    least, most = await tab.page.evaluate(WAITS, [ADVICE, {"code": code, **ending}, failures])
    return least, most


def closes(code: int) -> Plan:
    async def plan(peer: Peer) -> None:
        await peer.socket.close(code, "no")

    return plan


def says(code: int, **fields: Any) -> Plan:
    async def plan(peer: Peer) -> None:
        await peer.disconnect(code, **fields)

    return plan


@pytest.mark.parametrize(("failures", "ceiling"), [(0, 500), (1, 1_000), (5, 10_000), (10_000, 10_000)])
async def test_an_ordinary_loss_waits_a_random_time_below_a_ceiling_that_doubles(
    tab: Tab, failures: int, ceiling: int
) -> None:
    least, most = await waits(tab, 1006, failures)
    assert 0 <= least < ceiling / 4
    assert ceiling * 3 / 4 < most <= ceiling


@pytest.mark.parametrize("code", [4100, 4199, 4005])
async def test_4100_to_4199_wait_for_at_least_a_second(tab: Tab, code: int) -> None:
    least, most = await waits(tab, code, 0)
    assert least >= 1_000
    assert most <= 1_500


async def test_the_server_may_ask_for_more_than_a_second(tab: Tab) -> None:
    assert await waits(tab, 4100, 0, retryAfterMs=4_500) == (4_500, 4_500)


@pytest.mark.parametrize("failures", [0, 7])
async def test_4200_to_4299_return_at_once_with_jitter(tab: Tab, failures: int) -> None:
    least, most = await waits(tab, 4200, failures)
    assert least < 250
    assert 750 < most <= 1_000


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 1013, 4005, 4100, 4102, 4200, 4203])
async def test_it_comes_back_after(script: ServedScript, tab: Tab, code: int) -> None:
    script.plans.append(closes(code))
    await tab.connect()
    await tab.until_state("live")
    assert (await tab.told("states"))[1]["code"] == code


@pytest.mark.parametrize("code", [4001, 4003, 4006, 4008])
async def test_it_stays_away_after(script: ServedScript, tab: Tab, code: int) -> None:
    script.plans.append(closes(code))
    await tab.connect()
    await tab.until_state("closed")
    assert (await tab.told("states"))[-1]["error"] == f"Refused: {code} no"
    assert (await tab.publish())["error"] == "Refused"
    assert len(script.peers) == 1


async def test_the_disconnect_frame_says_when_to_come_back(script: ServedScript, tab: Tab) -> None:
    script.plans.append(says(4200, retry_after_ms=10))
    await tab.connect(backoff={**QUICK, "jitterMs": DAY_MS})
    await tab.until_state("live")


async def test_the_disconnect_frame_may_say_not_to_come_back(script: ServedScript, tab: Tab) -> None:
    script.plans.append(says(4200, reconnect=False))
    await tab.connect()
    await tab.until_state("closed")


async def test_a_refusal_says_which_parameter_was_wrong(script: ServedScript, tab: Tab) -> None:
    async def plan(peer: Peer) -> None:
        errors = [{"path": "/since", "code": "wrong_type", "message": "must be a number"}]
        await peer.send("error", {"code": "validation_failed", "message": "No.", "retryable": False, "errors": errors})
        await peer.disconnect(4006)

    script.plans.append(plan)
    await tab.connect()
    await tab.until_state("closed")
    assert (await tab.told("states"))[-1]["error"] == "Refused: 4006 told; /since must be a number"


@pytest.mark.parametrize("text", ["no json", "[]", "null", '{"type":"welcome","payload":{}}', b"binary"])
async def test_it_comes_back_after_a_frame_that_is_not_the_protocol(
    script: ServedScript, tab: Tab, text: str | bytes
) -> None:
    async def plan(peer: Peer) -> None:
        await peer.socket.send(text)
        await peer.socket.wait_closed()

    script.plans.append(plan)
    await tab.connect()
    await tab.until_state("live")


@pytest.mark.parametrize("status", [403, 503])
async def test_it_comes_back_after_a_refused_handshake_whose_status_no_browser_tells(
    script: ServedScript, tab: Tab, status: int
) -> None:
    script.statuses.extend([status, status])
    await tab.connect()
    await tab.until_state("live")


async def test_a_connection_that_is_closed_stays_closed(script: ServedScript, tab: Tab) -> None:
    await tab.connect()
    await tab.until_state("live")
    await tab.page.evaluate("stream.close()")
    await script.until(lambda: not script.peers[0].is_live)
    assert script.peers[0].socket.close_code == 1000
    assert await tab.states() == ["connecting", "live", "closed"]


async def test_it_closes_while_it_waits_to_come_back(script: ServedScript, tab: Tab) -> None:
    script.statuses.append(503)
    await tab.connect(backoff={**QUICK, "baseMs": DAY_MS, "capMs": DAY_MS})
    await tab.until_state("reconnecting")
    await tab.page.evaluate("stream.close()")
    assert await tab.states() == ["connecting", "reconnecting", "closed"]


async def test_a_function_is_asked_for_a_token_before_each_connection(script: ServedScript, tab: Tab) -> None:
    script.plans.append(says(4203, retry_after_ms=0))
    await tab.connect(tokens=["t1", "t2"])
    await tab.until_state("live")
    offered = [peer.headers["Sec-WebSocket-Protocol"] for peer in script.peers]
    assert offered == ["kitt.v1, kitt.token.t1", "kitt.v1, kitt.token.t2"]


async def test_a_function_that_fails_is_asked_again(script: ServedScript, tab: Tab) -> None:
    # No subprotocol may have a space in it, so no connection can be opened with the first one.
    await tab.connect(tokens=["not a token", "t"])
    await tab.until_state("live")
    assert len(script.peers) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"clientId": "a b"},
        {"clientId": "x" * 65},
        {"last": 1001},
        {"last": 0.5},
        {"since": -1},
        {"epoch": "e1"},
        {"url": "ftp://localhost"},
        {"url": "ws://localhost/?a=b"},
    ],
)
async def test_options_that_the_server_would_refuse_are_refused_at_once(tab: Tab, options: dict[str, Any]) -> None:
    expression = """async ([module, options]) => {
        const { connect } = await import(module);
        try { connect("freight", options); } catch (error) { return error.name; }
    }"""
    assert await tab.page.evaluate(expression, ["/static/kitt/client/kitt-client.js", options]) == "TypeError"
