"""The layer lives on one loop; others use it by `async_to_sync`, in a thread or in a program without a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull

from realtime.layers.fan_out import FanOutChannelLayer
from tests.realtime.layers.conftest import NewLayer
from tests.realtime.layers.messages import message, receive
from tests.redis import Redis


async def in_thread(call: Callable[..., Awaitable[Any]], *args: object) -> Any:
    """Called by `async_to_sync` in a thread, on a loop that ends with the call."""
    async with asyncio.timeout(15):
        return await asyncio.to_thread(async_to_sync(call), *args)


async def test_what_a_thread_sends_arrives_at_once(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    waiting = asyncio.create_task(receive(layer, channel, 2))
    await asyncio.sleep(0)
    await in_thread(layer.send, channel, message(1))
    await in_thread(layer.group_send, "g", message(2))
    assert await waiting == [1, 2]


async def test_a_thread_is_told_that_a_channel_is_full(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=1)
    channel = await layer.new_channel()
    await in_thread(layer.send, channel, message(1))
    with pytest.raises(ChannelFull):
        await in_thread(layer.send, channel, message(2))


async def test_a_thread_makes_a_channel_joins_receives_and_leaves(new_layer: NewLayer) -> None:
    layer = new_layer()
    await layer.new_channel()
    channel = await in_thread(layer.new_channel)
    await in_thread(layer.group_add, "g", channel)
    waiting = asyncio.create_task(in_thread(layer.receive, channel))
    await asyncio.sleep(0.05)
    await layer.group_send("g", message(1))
    assert await waiting == message(1)
    await in_thread(layer.group_discard, "g", channel)
    await layer.group_send("g", message(2))
    await layer.send(channel, message(3))
    assert await in_thread(layer.receive, channel) == message(3)


async def test_many_threads_at_once_lose_nothing_and_keep_their_order(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=1000)
    channel = await layer.new_channel()
    await layer.group_add("g", channel)

    async def send(thread: int) -> None:
        for number in range(50):
            await layer.group_send("g", {"thread": thread, "n": number})

    await asyncio.gather(*(in_thread(send, thread) for thread in range(8)))
    received = [await layer.receive(channel) for _ in range(400)]
    for thread in range(8):
        assert [each["n"] for each in received if each["thread"] == thread] == list(range(50))


def test_a_program_without_a_loop_of_its_own_uses_it_call_by_call(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)("g", channel)
    async_to_sync(layer.group_send)("g", message(1))
    async_to_sync(layer.send)(channel, message(2))
    assert async_to_sync(layer.receive)(channel) == message(1)
    assert async_to_sync(layer.receive)(channel) == message(2)


def test_the_next_loop_takes_over_from_one_that_has_ended(new_layer: NewLayer) -> None:
    layer = new_layer()

    async def use() -> None:
        channel = await layer.new_channel()
        waiting = asyncio.create_task(receive(layer, channel))
        await asyncio.sleep(0)
        await layer.send(channel, message(1))
        assert await waiting == [1]

    asyncio.run(use())
    asyncio.run(use())


def test_groups_are_joined_again_on_the_next_loop(layer_on: NewLayer, shared_redis: Redis) -> None:
    here, there = layer_on(shared_redis), layer_on(shared_redis)

    async def join() -> str:
        channel = await there.new_channel()
        await there.group_add("g", channel)
        return channel

    async def wait(channel: str) -> list[int]:
        await there.new_channel()
        await there.group_add("other", channel)  # returns when "g" is joined as well
        await here.group_send("g", message(1))
        return await receive(there, channel)

    channel = asyncio.run(join())
    assert asyncio.run(wait(channel)) == [1]


async def test_a_program_without_channels_reaches_the_groups_of_others(layer_on: NewLayer, shared_redis: Redis) -> None:
    command, server = layer_on(shared_redis), layer_on(shared_redis)
    channel = await server.new_channel()
    await server.group_add("g", channel)
    for number in range(3):
        await in_thread(command.group_send, "g", message(number))
    assert await receive(server, channel, 3) == [0, 1, 2]


async def test_a_program_without_channels_does_not_wait_for_a_redis_that_is_away(
    layer_on: NewLayer, own_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.layers.upstream.TIMEOUT_S", 0.1)
    command: FanOutChannelLayer = layer_on(own_redis)
    own_redis.pause()
    await in_thread(command.group_send, "g", message(1))
    own_redis.kill()
    await in_thread(command.group_send, "g", message(2))
