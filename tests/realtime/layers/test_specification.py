"""What https://channels.readthedocs.io/en/stable/channel_layer_spec.html asks of a layer, with and without Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from channels.exceptions import ChannelFull

from realtime.layers.fan_out import FanOutChannelLayer
from tests.conftest import Clock
from tests.realtime.layers.conftest import NewLayer
from tests.realtime.layers.messages import is_empty, message, receive


@pytest.fixture
def layer_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    for module in ("waiting", "local"):
        monkeypatch.setattr(f"realtime.layers.{module}.time", clock)
    return clock


async def test_what_is_sent_to_a_channel_is_received_there_in_order(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel, other = await layer.new_channel(), await layer.new_channel()
    for number in range(50):
        await layer.send(channel, message(number))
    assert await receive(layer, channel, 50) == list(range(50))
    assert await is_empty(layer, other)


async def test_a_receiver_waits_until_something_is_sent(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = await layer.new_channel()
    waiting = asyncio.create_task(receive(layer, channel))
    await asyncio.sleep(0)
    await layer.send(channel, message(1))
    assert await waiting == [1]


async def test_a_receiver_that_gives_up_costs_no_message(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = await layer.new_channel()
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    await layer.send(channel, message(1))
    assert await receive(layer, channel) == [1]


async def test_of_two_receivers_on_one_channel_each_gets_other_messages(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = await layer.new_channel()
    waiting = [asyncio.create_task(receive(layer, channel, 5)) for _ in range(2)]
    for number in range(10):
        await layer.send(channel, message(number))
    one, other = await asyncio.gather(*waiting)
    assert sorted(one + other) == list(range(10))


async def test_a_channel_that_somebody_named_takes_messages(new_layer: NewLayer) -> None:
    layer = new_layer()
    waiting = asyncio.create_task(receive(layer, "worker"))
    # With Redis, what nobody waits for yet is lost.
    while not waiting.done():
        await layer.send("worker", message(1))
        await asyncio.sleep(0.01)
    assert waiting.result() == [1]


@pytest.mark.parametrize("prefix", ["specific.", "mine.", "mine", "a-b_c.d"])
async def test_a_new_channel_has_its_prefix_and_a_name_that_no_other_has(new_layer: NewLayer, prefix: str) -> None:
    layer = new_layer()
    channel, other = await layer.new_channel(prefix), await layer.new_channel(prefix)
    assert channel.startswith(prefix)
    assert other != channel
    await layer.send(channel, message(1))
    assert await receive(layer, channel) == [1]


async def test_a_new_channel_needs_no_prefix(new_layer: NewLayer) -> None:
    layer = new_layer()
    assert (await layer.new_channel()).startswith("specific.")


async def test_a_full_channel_refuses_a_message(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=3)
    channel = await layer.new_channel()
    for number in range(3):
        await layer.send(channel, message(number))
    with pytest.raises(ChannelFull):
        await layer.send(channel, message(3))
    assert await receive(layer, channel, 3) == [0, 1, 2]


async def test_a_channel_has_room_again_when_something_is_received(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=1)
    channel = await layer.new_channel()
    await layer.send(channel, message(0))
    await receive(layer, channel)
    await layer.send(channel, message(1))
    assert await receive(layer, channel) == [1]


async def test_a_full_channel_has_room_again_when_its_messages_expire(new_layer: NewLayer, layer_clock: Clock) -> None:
    layer = new_layer(capacity=1)
    channel = await layer.new_channel()
    await layer.send(channel, message(0))
    layer_clock.now += 61
    await layer.send(channel, message(1))
    assert await receive(layer, channel) == [1]


async def test_the_capacity_goes_by_the_name_of_the_channel(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=3, channel_capacity={"small.*": 1, "s*": 2})
    for prefix, capacity in (("small.", 1), ("some.", 2), ("else.", 3)):
        channel = await layer.new_channel(prefix)
        for number in range(capacity):
            await layer.send(channel, message(number))
        with pytest.raises(ChannelFull):
            await layer.send(channel, message(capacity))


async def test_a_message_is_received_until_it_expires(new_layer: NewLayer, layer_clock: Clock) -> None:
    layer = new_layer(expiry=10)
    channel = await layer.new_channel()
    await layer.send(channel, message(1))
    layer_clock.now += 11
    await layer.send(channel, message(2))
    layer_clock.now += 9
    assert await receive(layer, channel) == [2]


async def group(layer: FanOutChannelLayer, members: int) -> list[str]:
    channels = [await layer.new_channel() for _ in range(members)]
    for channel in channels:
        await layer.group_add("g", channel)
    return channels


async def test_every_member_of_a_group_gets_every_message_once_and_in_order(new_layer: NewLayer) -> None:
    layer = new_layer()
    channels = await group(layer, 3)
    for number in range(50):
        await layer.group_send("g", message(number))
    for channel in channels:
        assert await receive(layer, channel, 50) == list(range(50))
        assert await is_empty(layer, channel)


async def test_who_joins_twice_gets_a_message_once(new_layer: NewLayer) -> None:
    layer = new_layer()
    (channel,) = await group(layer, 1)
    await layer.group_add("g", channel)
    await layer.group_send("g", message(1))
    assert await receive(layer, channel) == [1]
    assert await is_empty(layer, channel)


async def test_groups_do_not_hear_each_other(new_layer: NewLayer) -> None:
    layer = new_layer()
    (channel,) = await group(layer, 1)
    await layer.group_send("h", message(1))
    assert await is_empty(layer, channel)


async def test_who_left_a_group_gets_nothing_more(new_layer: NewLayer) -> None:
    layer = new_layer()
    gone, here = await group(layer, 2)
    await layer.group_discard("g", gone)
    await layer.group_send("g", message(1))
    assert await receive(layer, here) == [1]
    assert await is_empty(layer, gone)


async def test_to_leave_a_group_that_one_is_not_in_is_no_mistake(new_layer: NewLayer) -> None:
    layer = new_layer()
    channel = await layer.new_channel()
    await layer.group_discard("g", channel)


async def test_nobody_has_to_be_in_a_group(new_layer: NewLayer) -> None:
    await new_layer().group_send("g", message(1))


async def test_a_full_member_misses_a_message_and_stays_in_its_group(new_layer: NewLayer) -> None:
    layer = new_layer(capacity=1)
    (channel,) = await group(layer, 1)
    await layer.group_send("g", message(1))
    await layer.group_send("g", message(2))
    assert await receive(layer, channel) == [1]
    await layer.group_send("g", message(3))
    assert await receive(layer, channel) == [3]


async def test_members_do_not_share_a_message_with_each_other_or_its_sender(new_layer: NewLayer) -> None:
    layer = new_layer()
    one, other = await group(layer, 2)
    sent = {"type": "t", "list": [1]}
    await layer.group_send("g", sent)
    sent["list"] = [3]
    (await layer.receive(one))["list"].append(2)
    assert (await layer.receive(other))["list"] == [1]


async def test_a_member_that_nobody_took_out_leaves_after_the_group_expiry(
    new_layer: NewLayer, layer_clock: Clock
) -> None:
    layer = new_layer(expiry=1, group_expiry=100)
    gone, here = await group(layer, 2)
    layer_clock.now += 60
    await layer.group_add("g", here)
    layer_clock.now += 60
    await layer.send(here, message(0))  # a message, of anybody, is when the layer cleans
    await layer.group_send("g", message(1))
    assert await receive(layer, here, 2) == [0, 1]
    assert await is_empty(layer, gone)


async def test_a_flush_empties_channels_and_groups_and_the_layer_goes_on(new_layer: NewLayer) -> None:
    layer = new_layer()
    (old,) = await group(layer, 1)
    await layer.group_send("g", message(1))
    await layer.flush()
    assert await is_empty(layer, old)
    await layer.group_send("g", message(2))
    assert await is_empty(layer, old)
    (new,) = await group(layer, 1)
    await layer.group_send("g", message(3))
    assert await receive(layer, new) == [3]


Call = Callable[[FanOutChannelLayer, str], Any]
GROUP_CALLS: list[Call] = [
    lambda layer, name: layer.group_add(name, "c"),
    lambda layer, name: layer.group_discard(name, "c"),
    lambda layer, name: layer.group_send(name, message(1)),
]
CHANNEL_CALLS: list[Call] = [
    lambda layer, name: layer.send(name, message(1)),
    lambda layer, name: layer.receive(name),
    lambda layer, name: layer.group_add("g", name),
    lambda layer, name: layer.group_discard("g", name),
]
BAD_NAMES: list[Any] = ["", "no spaces", "nor/slashes", "ÄÖ", "a" * 100, 7, None, b"bytes"]


@pytest.mark.parametrize("name", [*BAD_NAMES, "a!b"], ids=repr)
@pytest.mark.parametrize("call", GROUP_CALLS)
async def test_a_bad_group_name_is_refused(new_layer: NewLayer, call: Call, name: str) -> None:
    with pytest.raises(TypeError):
        await call(new_layer(), name)


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
@pytest.mark.parametrize("call", CHANNEL_CALLS)
async def test_a_bad_channel_name_is_refused(new_layer: NewLayer, call: Call, name: str) -> None:
    with pytest.raises(TypeError):
        await call(new_layer(), name)


@pytest.mark.parametrize("body", ["text", ["a", "list"], None, 7], ids=repr)
async def test_a_message_that_is_not_a_dict_is_refused(new_layer: NewLayer, body: Any) -> None:
    layer = new_layer()
    with pytest.raises(TypeError):
        await layer.send(await layer.new_channel(), body)
    with pytest.raises(TypeError):
        await layer.group_send("g", body)


def test_it_says_what_it_can(new_layer: NewLayer) -> None:
    assert set(new_layer().extensions) == {"groups", "flush"}
