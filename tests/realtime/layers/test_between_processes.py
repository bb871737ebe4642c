"""Two layers on one Redis, each as if in a process of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import pytest
from redis.asyncio import Redis as Client

from realtime.layers.fan_out import FanOutChannelLayer
from tests.realtime.layers.conftest import NewLayer
from tests.realtime.layers.messages import is_empty, message, receive
from tests.redis import Redis
from tests.waiting import until_async


@pytest.fixture
def here(layer_on: NewLayer, shared_redis: Redis) -> FanOutChannelLayer:
    return layer_on(shared_redis)


@pytest.fixture
def there(layer_on: NewLayer, shared_redis: Redis) -> FanOutChannelLayer:
    return layer_on(shared_redis, capacity=1000)


async def member(layer: FanOutChannelLayer, group: str = "g") -> str:
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    return channel


async def test_a_group_has_its_members_in_every_process(here: FanOutChannelLayer, there: FanOutChannelLayer) -> None:
    near, far, other = await member(here), await member(there), await member(there)
    await here.group_send("g", message(1))
    await there.group_send("g", message(2))
    assert sorted(await receive(here, near, 2)) == [1, 2]
    assert sorted(await receive(there, far, 2)) == [1, 2]
    assert sorted(await receive(there, other, 2)) == [1, 2]


async def test_what_is_for_the_other_processes_does_not_come_to_the_own_one(
    here: FanOutChannelLayer, there: FanOutChannelLayer
) -> None:
    near, far = await member(here), await member(there)
    await here.remote_group_send("g", message(1))
    await here.group_send("g", message(2))
    assert await receive(there, far, 2) == [1, 2]
    assert await receive(here, near) == [2]


async def test_messages_of_a_process_keep_their_order_and_come_once(
    here: FanOutChannelLayer, there: FanOutChannelLayer
) -> None:
    far = await member(there)
    for number in range(0, 500, 2):
        await here.group_send("g", message(number))
        await here.send(far, message(number + 1))
    await here.group_send("g", message(500))
    assert await receive(there, far, 501) == list(range(501))


async def test_a_channel_is_reached_from_another_process(here: FanOutChannelLayer, there: FanOutChannelLayer) -> None:
    far = await there.new_channel()
    await here.send(far, message(1))
    assert await receive(there, far) == [1]


async def test_a_full_channel_of_another_process_misses_a_message(
    here: FanOutChannelLayer, layer_on: NewLayer, shared_redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    there = layer_on(shared_redis, capacity=1)
    small, other = await there.new_channel(), await there.new_channel()
    await here.send(small, message(1))
    await here.send(small, message(2))
    await here.send(other, message(3))
    assert await receive(there, other) == [3]
    assert await receive(there, small) == [1]
    assert f"channel {small} is full and misses a message" in caplog.messages


async def test_a_channel_that_somebody_named_is_reached_from_another_process(
    here: FanOutChannelLayer, there: FanOutChannelLayer
) -> None:
    waiting = asyncio.create_task(receive(there, "worker"))
    # What nobody waits for yet is lost.
    while not waiting.done():
        await here.send("worker", message(1))
        await asyncio.sleep(0.01)
    assert waiting.result() == [1]


async def test_processes_on_another_database_of_one_redis_are_strangers(
    here: FanOutChannelLayer, layer_on: NewLayer, shared_redis: Redis
) -> None:
    near, stranger = await member(here), layer_on(shared_redis, database=1)
    await member(stranger)
    await stranger.group_send("g", message(1))
    await asyncio.sleep(0.1)
    assert await is_empty(here, near)


async def test_only_channels_of_the_own_process_join_a_group(
    here: FanOutChannelLayer, there: FanOutChannelLayer
) -> None:
    for channel in (await there.new_channel(), "worker"):
        with pytest.raises(ValueError, match="not of this process"):
            await here.group_add("g", channel)


async def groups_on(redis: Redis, pattern: str) -> list[bytes]:
    async with Client.from_url(redis.url) as client:
        channels: list[bytes] = await client.pubsub_channels(pattern)
        return channels


async def test_redis_is_left_when_the_last_member_of_a_group_has_gone(
    here: FanOutChannelLayer, shared_redis: Redis
) -> None:
    first, last = await member(here, "lonely"), await member(here, "lonely")
    assert len(await groups_on(shared_redis, "*lonely")) == 1
    await here.group_discard("lonely", first)
    await here.group_discard("lonely", last)
    await until_async(lambda: groups_on(shared_redis, "*lonely"), [])


@pytest.mark.parametrize("others", ["", "abcde"])
async def test_who_comes_back_to_a_group_at_once_misses_nothing(
    here: FanOutChannelLayer, there: FanOutChannelLayer, others: str
) -> None:
    far = await member(there)
    assert there.upstream is not None
    for number in range(30):
        for group in others:
            await there.group_add(group, far)
            await there.group_discard(group, far)
        await there.group_discard("g", far)
        # As when they are just being left in Redis, which is busy with something else.
        await there.group_send("nobody", message(0))
        await asyncio.sleep(0)
        leaving = asyncio.create_task(there.upstream.keep_to_wanted())
        await asyncio.sleep(0)
        await there.group_add("g", far)
        await leaving
        await here.group_send("g", message(number))
        assert await receive(there, far) == [number]


async def test_a_layer_that_was_closed_or_flushed_has_left_redis(
    here: FanOutChannelLayer, there: FanOutChannelLayer, shared_redis: Redis
) -> None:
    await member(here)
    await member(there)
    assert await groups_on(shared_redis, "kitt*") != []
    await here.flush()
    await there.close()
    await until_async(lambda: groups_on(shared_redis, "kitt*"), [])


@pytest.mark.parametrize("body", [{"time": {1, 2}}, {"number": 2**70}, {"text": "\ud800"}], ids=repr)
async def test_a_message_that_cannot_travel_costs_nobody_another_one(
    here: FanOutChannelLayer, there: FanOutChannelLayer, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    near, far = await member(here), await member(there)
    await here.group_send("g", body)
    await here.group_send("g", message(1))
    assert await receive(there, far) == [1]
    assert await here.receive(near) == body
    assert "cannot carry" in caplog.text
    assert here.upstream is not None
    assert here.upstream.working


GARBAGE = [
    b"garbage",
    b"",
    msgpack.packb(7),
    msgpack.packb({}),
    msgpack.packb({"from": 1}),
    msgpack.packb({"from": "x", "group": "g"}),
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
async def test_what_strangers_publish_on_redis_does_no_harm(
    here: FanOutChannelLayer, there: FanOutChannelLayer, shared_redis: Redis, garbage: bytes
) -> None:
    far = await member(there)
    (name,) = await groups_on(shared_redis, "*__g")
    async with Client.from_url(shared_redis.url) as client:
        assert await client.publish(name, garbage) == 1
    waiting = asyncio.create_task(receive(there, far))
    while not waiting.done():
        await here.group_send("g", message(1))
        await asyncio.sleep(0.01)
    assert waiting.result() == [1]
