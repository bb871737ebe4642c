"""Redis goes away and comes back. Nobody waits for it, and whoever was in a group is in it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio

from realtime.layers import upstream
from realtime.layers.fan_out import FanOutChannelLayer
from realtime.layers.upstream import Upstream
from tests.proxy import Proxy
from tests.realtime.layers.conftest import NewLayer
from tests.realtime.layers.messages import is_empty, message, receive
from tests.redis import Redis
from tests.waiting import until_async

pytestmark = [
    # redis forgets a connection that a time limit cut short while it was being made.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GROUPS = 100
# A hundred groups that each wait for the time limit take far longer than this.
PATIENCE_S = 10


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(upstream, "RETRY_S", 0.1)
    monkeypatch.setattr(upstream, "SILENCE_S", 1.0)


@pytest_asyncio.fixture
async def proxy(own_redis: Redis) -> AsyncIterator[Proxy]:
    async with Proxy(own_redis.port) as started:
        yield started


@pytest.fixture
def here(layer_on: NewLayer, own_redis: Redis) -> FanOutChannelLayer:
    return layer_on(own_redis)


@pytest.fixture
def there(layer_on: NewLayer, own_redis: Redis) -> FanOutChannelLayer:
    return layer_on(own_redis)


def upstream_of(layer: FanOutChannelLayer) -> Upstream:
    assert layer.upstream is not None
    return layer.upstream


async def member(layer: FanOutChannelLayer, group: str = "g") -> str:
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    return channel


async def reaches(sender: FanOutChannelLayer, layer: FanOutChannelLayer, channel: str) -> None:
    """Returns when what is sent to the group arrives."""
    waiting = asyncio.create_task(receive(layer, channel))
    while not waiting.done():
        await sender.group_send("g", message(1))
        await asyncio.sleep(0.02)
    waiting.result()


async def until_it_works(layer: FanOutChannelLayer, working: bool) -> None:
    async def is_working() -> bool:
        return upstream_of(layer).working

    await until_async(is_working, working)


def away(redis: Redis, how: str) -> None:
    redis.kill() if how == "killed" else redis.pause()


def back(redis: Redis, how: str) -> None:
    redis.start() if how == "killed" else redis.resume()


@pytest.fixture(params=["killed", "paused"])
def how(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


async def test_what_is_in_a_group_is_in_it_again_when_redis_is_back(
    here: FanOutChannelLayer, there: FanOutChannelLayer, own_redis: Redis, how: str
) -> None:
    near, far = await member(here), await member(there)
    away(own_redis, how)
    await until_it_works(here, False)
    await until_it_works(there, False)
    back(own_redis, how)
    await until_it_works(here, True)
    await until_it_works(there, True)
    await reaches(here, there, far)
    await reaches(there, here, near)


async def test_a_group_that_is_joined_while_redis_is_away_is_joined_when_it_is_back(
    here: FanOutChannelLayer, there: FanOutChannelLayer, own_redis: Redis, how: str
) -> None:
    await there.new_channel()
    away(own_redis, how)
    far = await member(there)
    back(own_redis, how)
    await reaches(here, there, far)


async def test_a_process_that_starts_without_redis_joins_when_it_is_there(
    here: FanOutChannelLayer, there: FanOutChannelLayer, own_redis: Redis, how: str
) -> None:
    away(own_redis, how)
    far = await member(there)
    await until_it_works(there, False)
    back(own_redis, how)
    await reaches(here, there, far)


@pytest.mark.parametrize("started", [True, False])
async def test_nobody_waits_for_a_redis_that_is_away(
    here: FanOutChannelLayer, own_redis: Redis, how: str, started: bool
) -> None:
    if started:
        await here.new_channel()
    away(own_redis, how)
    async with asyncio.timeout(PATIENCE_S):
        for number in range(GROUPS):
            channel = await member(here, f"g{number}")
            await here.group_send("g0", message(number))
            await here.send(f"specific.{'0' * 32}!x", message(number))
            await here.group_discard(f"g{number}", channel)
        await here.flush()
        await here.close()


async def test_members_of_the_own_process_hear_each_other_without_redis(
    here: FanOutChannelLayer, own_redis: Redis, how: str
) -> None:
    near = await member(here)
    away(own_redis, how)
    await here.group_send("g", message(1))
    await here.send(near, message(2))
    assert await receive(here, near, 2) == [1, 2]


async def test_what_waits_for_redis_is_bounded(
    here: FanOutChannelLayer, own_redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upstream, "TIMEOUT_S", 5)
    await here.new_channel()
    own_redis.pause()
    for number in range(3 * upstream.MAX_OUTGOING):
        await here.group_send("g", message(number))
        if number % 100 == 0:
            await asyncio.sleep(0)
    assert upstream_of(here).outgoing.qsize() == upstream.MAX_OUTGOING
    assert "more is published than it takes" in caplog.text


async def test_what_waited_in_vain_is_not_published_late(
    here: FanOutChannelLayer, there: FanOutChannelLayer, own_redis: Redis
) -> None:
    await here.new_channel()
    far = await member(there)
    own_redis.pause()
    for number in range(100, 150):
        await here.group_send("g", message(number))
    await until_it_works(here, False)
    own_redis.resume()
    await reaches(here, there, far)
    late: list[int] = []
    while not await is_empty(there, far):
        late += await receive(there, far)
    assert set(late) <= {1, 100}


async def test_an_outage_is_logged_once(
    here: FanOutChannelLayer, own_redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await member(here)
    own_redis.kill()
    await until_it_works(here, False)
    for number in range(20):
        await here.group_send("g", message(number))
        await asyncio.sleep(0.02)
    own_redis.start()
    await until_it_works(here, True)
    lines = [record.message for record in caplog.records if record.name == upstream.__name__]
    assert len(lines) == 2
    assert "fails: ConnectionError Error " in lines[0]
    assert "works again" in lines[1]


async def test_a_connection_that_is_open_and_dead_is_found_and_replaced(
    layer_on: NewLayer, here: FanOutChannelLayer, proxy: Proxy
) -> None:
    """As after a router has forgotten it: nothing arrives any more, and nobody is told."""
    there = layer_on(proxy)
    far = await member(there)
    await reaches(here, there, far)
    proxy.freeze()
    await until_it_works(there, False)
    await until_it_works(there, True)
    await reaches(here, there, far)


@pytest.mark.parametrize("state", ["working", "killed", "paused"])
async def test_a_layer_that_is_closed_leaves_no_task(layer_on: NewLayer, own_redis: Redis, state: str) -> None:
    before = asyncio.all_tasks()
    if state != "working":
        away(own_redis, state)
    # After as many turns of the loop as that: on Python 3.11, redis loses a cancellation in some of them.
    for turns in range(1, 40):
        layer = layer_on(own_redis)
        starting = asyncio.create_task(layer.new_channel())
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S):
            await layer.close()
        starting.cancel()
        await asyncio.wait([starting])
    assert asyncio.all_tasks() == before


async def drop_answers(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Cuts the line instead of saying how many heard a publication."""
    with suppress(OSError):
        while data := await source.read(65536):
            if data.startswith(b":"):
                break
            sink.write(data)
            await sink.drain()
    sink.close()


async def test_a_publication_whose_answer_got_lost_is_not_repeated(
    layer_on: NewLayer, there: FanOutChannelLayer, own_redis: Redis
) -> None:
    far = await member(there)
    async with Proxy(own_redis.port, drop_answers) as proxy:
        here = layer_on(proxy)
        await here.new_channel()
        for number in range(10):
            await here.group_send("g", message(number))
            await asyncio.sleep(0.02)
        await here.close()
    await there.send(far, message(10))
    received = await receive(there, far)
    while received[-1] != 10:
        received += await receive(there, far)
    assert len(received) > 1
    assert received == sorted(set(received))


async def test_a_message_that_was_under_way_when_redis_died_is_published_once_at_most(
    here: FanOutChannelLayer, there: FanOutChannelLayer, own_redis: Redis
) -> None:
    await here.new_channel()
    far = await member(there)
    received: list[int] = []

    async def take() -> None:
        while True:
            received.extend(await receive(there, far))

    taking = asyncio.create_task(take())
    for number in range(300):
        await here.group_send("g", message(number))
        await asyncio.sleep(0.005)
        if number == 100:
            own_redis.pause()
        if number == 200:
            own_redis.resume()
    await asyncio.sleep(0.5)
    taking.cancel()
    with suppress(asyncio.CancelledError):
        await taking
    assert received == sorted(set(received))
    assert received[-1] == 299
