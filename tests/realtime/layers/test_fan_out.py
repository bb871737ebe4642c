"""What the layer does beyond the specification, and that plain Channels code runs on it."""

from __future__ import annotations

from typing import Any

import pytest
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator

from realtime.layers.fan_out import FanOutChannelLayer
from tests.conftest import Clock


async def layer_with(*channels: str, capacity: int = 100) -> FanOutChannelLayer:
    """A layer whose group "g" has these members."""
    layer = FanOutChannelLayer(capacity=capacity)
    for channel in channels:
        await layer.group_add("g", channel)
    return layer


async def received(layer: FanOutChannelLayer, channel: str, count: int) -> list[int]:
    return [(await layer.receive(channel))["n"] for _ in range(count)]


async def send(layer: FanOutChannelLayer, *numbers: int) -> None:
    for number in numbers:
        await layer.group_send("g", {"type": "t", "n": number})


@pytest.fixture
def layer_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    for module in ("waiting", "local"):
        monkeypatch.setattr(f"realtime.layers.{module}.time", clock)
    return clock


def test_it_is_the_layer_of_the_settings() -> None:
    assert isinstance(get_channel_layer(), FanOutChannelLayer)


async def test_a_full_queue_misses_a_message_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    layer = await layer_with("slow", capacity=2)
    await send(layer, 1, 2, 3)
    assert "channel slow is full and misses a message" in caplog.messages
    assert await received(layer, "slow", 2) == [1, 2]


async def test_a_slow_member_does_not_hold_up_the_others() -> None:
    layer = await layer_with("slow", "fast", capacity=1)
    for number in range(3):
        await send(layer, number)
        assert await received(layer, "fast", 1) == [number]


async def test_a_member_whose_messages_all_expired_gets_the_next(layer_clock: Clock) -> None:
    layer = await layer_with("a", "b")
    await send(layer, 1)
    layer_clock.now += 61
    await layer.send("other", {"type": "t", "n": 0})  # a message, of anybody, is when the layer cleans
    assert "a" not in layer.local.waiting
    await send(layer, 2)
    assert await received(layer, "a", 1) == [2]


async def test_who_left_the_group_gets_nothing() -> None:
    layer = await layer_with("gone", "here")
    await layer.group_discard("g", "gone")
    await send(layer, 1)
    assert await received(layer, "here", 1) == [1]
    assert "gone" not in layer.local.waiting


class Plain(AsyncWebsocketConsumer):
    """As Channels' tutorial has it."""

    groups = ("room",)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send("room", {"type": "chat.message", "text": text_data})

    async def chat_message(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


# Channels closes old connections of its threads, those that another test has left there included.
@pytest.mark.django_db(transaction=True)
async def test_a_plain_channels_consumer_works_on_it() -> None:
    alice, bob = WebsocketCommunicator(Plain.as_asgi(), "/"), WebsocketCommunicator(Plain.as_asgi(), "/")
    await alice.connect()
    await bob.connect()
    await alice.send_to(text_data="hello")
    assert await alice.receive_from() == "hello"
    assert await bob.receive_from() == "hello"
    await alice.disconnect()
    await bob.disconnect()


async def test_a_receiver_gets_what_is_sent_to_its_channel_and_its_group() -> None:
    layer, taken = await layer_with("c"), list[dict[str, Any]]()
    layer.attach("c", taken.append)
    await layer.group_send("g", {"type": "a"})
    await layer.send("c", {"type": "b"})
    layer.local_group_send("g", {"type": "c"})
    assert taken == [{"type": "a"}, {"type": "b"}, {"type": "c"}]


async def test_a_receiver_that_fails_does_not_cost_the_others_their_message() -> None:
    layer, taken = await layer_with("bad", "good"), list[dict[str, Any]]()
    layer.attach("bad", lambda message: message["missing"])
    layer.attach("good", taken.append)
    await layer.group_send("g", {"type": "a"})
    assert taken == [{"type": "a"}]


async def test_a_channel_whose_receiver_is_detached_has_a_queue_again() -> None:
    layer, taken = await layer_with("c"), list[dict[str, Any]]()
    layer.attach("c", taken.append)
    layer.detach("c")
    await layer.group_send("g", {"type": "a"})
    assert await layer.receive("c") == {"type": "a"}
    assert taken == []
