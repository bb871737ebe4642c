from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitt_client import Gap, Kitt, Message, Refused, Subscription
from tests.kitt_client.server import Frame, Peer, ScriptedServer, not_taken

ROUTE = {"shipment_id": "SH-1"}


async def take(messages: Subscription, count: int) -> list[int | str]:
    """The offsets of the next items; "gap" for a Gap."""
    async with asyncio.timeout(10):
        items = [await anext(messages) for _ in range(count)]
    return [item.offset if isinstance(item, Message) else "gap" for item in items]


async def fill(server: ScriptedServer, count: int) -> None:
    for _ in range(count):
        await server.store(f"m{len(server.log) + 1}")


async def test_messages_come_in_order(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 3)
        assert await take(messages, 3) == [1, 2, 3]


async def test_a_message_has_all_its_fields(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await server.store("m1", type="shipment_request", payload={"a": 1}, correlation_id="x", timestamp="t")
        wanted = Message("shipment_request", {"a": 1}, 1, "other", "m1", "t", "x", "e1")
        assert await anext(messages) == wanted


async def test_own_messages_come_too(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        stored = await kitt.publish("freight", "route_update", ROUTE)
        assert await anext(messages) == stored
    assert len(server.peers) == 1


async def test_without_a_place_only_new_messages_come(server: ScriptedServer, kitt: Kitt) -> None:
    await fill(server, 3)
    async with kitt.subscribe("freight") as messages:
        await fill(server, 1)
        assert await take(messages, 1) == [4]


async def test_a_place_is_resumed(server: ScriptedServer, kitt: Kitt) -> None:
    await fill(server, 5)
    async with kitt.subscribe("freight", since=2, epoch="e1") as messages:
        assert await take(messages, 3) == [3, 4, 5]


async def test_everything_that_is_stored_can_be_had_without_an_epoch(server: ScriptedServer, kitt: Kitt) -> None:
    await fill(server, 3)
    async with kitt.subscribe("freight", since=0) as messages:
        assert await take(messages, 3) == [1, 2, 3]


async def test_the_newest_messages_can_be_had(server: ScriptedServer, kitt: Kitt) -> None:
    await fill(server, 5)
    async with kitt.subscribe("freight", last=2) as messages:
        assert await take(messages, 2) == [4, 5]
    assert server.peers[0].query["last"] == "2"


async def test_a_lost_connection_is_resumed_without_gap_or_duplicate(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 2)
        assert await take(messages, 2) == [1, 2]
        server.peers[0].drop()
        server.append("m3")
        await server.peer(1)
        await fill(server, 1)
        assert await take(messages, 2) == [3, 4]
    assert server.peers[1].query == {"client_id": "tms", "since": "2", "epoch": "e1"}


async def test_many_losses_in_a_row_lose_nothing(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        for number in range(20):
            (await server.peer(number)).drop()
            server.append(f"m{number}")
            assert await take(messages, 1) == [number + 1]


async def test_duplicates_are_dropped(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 1)
        await server.forward(server.peers[0], server.log[0])
        await fill(server, 1)
        assert await take(messages, 2) == [1, 2]


async def test_a_jump_in_the_offsets_is_repaired_from_the_log(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 1)
        server.append("m2")
        await fill(server, 1)
        assert await take(messages, 3) == [1, 2, 3]
    assert len(server.peers) == 2


async def test_a_lost_last_message_is_found_by_the_heartbeats(server: ScriptedServer, kitt: Kitt) -> None:
    server.interval_s = 0.02
    async with kitt.subscribe("freight") as messages:
        server.append("m1")
        assert await take(messages, 1) == [1]


async def test_a_repeat_that_is_answered_out_of_turn_is_not_a_jump(server: ScriptedServer, kitt: Kitt) -> None:
    async def overtake(peer: Peer, frame: Frame) -> bool:
        own = [server.append("m1"), server.append(frame["id"], "tms", payload=frame["payload"])]
        for frame in (own[1], own[0], own[1]):
            await server.forward(peer, frame)
        return True

    server.on_message = overtake
    async with kitt.subscribe("freight") as messages:
        assert (await kitt.publish("freight", "route_update", ROUTE)).offset == 2
        assert await take(messages, 2) == [1, 2]
    assert len(server.peers) == 1


async def test_a_new_epoch_is_told_as_a_gap(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 2)
        assert await take(messages, 2) == [1, 2]
        server.epoch, server.log = "e2", server.log[:1]
        server.peers[0].drop()
        assert await anext(messages) == Gap("freight", missed_after=2, resumes_after=1, head=1, epoch="e2")
        await fill(server, 1)
        item = await anext(messages)
    assert isinstance(item, Message)
    assert (item.offset, item.epoch) == (2, "e2")


async def test_a_gap_stands_after_the_messages_before_it(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 3)
        server.epoch = "e2"
        await kitt.publish("freight", "route_update", ROUTE)
        server.peers[0].drop()
        await server.peer(1)
        await fill(server, 1)
        assert await take(messages, 6) == [1, 2, 3, 4, "gap", 5]


async def test_all_subscribers_get_every_message_over_one_connection(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as one, kitt.subscribe("freight") as two:
        await fill(server, 3)
        assert await take(one, 3) == await take(two, 3) == [1, 2, 3]
    assert len(server.peers) == 1


async def test_who_comes_later_may_want_what_others_have_had(server: ScriptedServer, kitt: Kitt) -> None:
    await fill(server, 2)
    async with kitt.subscribe("freight") as early, kitt.subscribe("freight", since=0) as late:
        assert await take(late, 2) == [1, 2]
        await fill(server, 1)
        assert await take(late, 1) == await take(early, 1) == [3]


async def test_a_slow_loop_pauses_the_reading_and_loses_nothing(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 100)
        await asyncio.sleep(0.05)
        assert len(messages._mailbox.items) == 4
        assert await take(messages, 100) == list(range(1, 101))
    assert len(server.peers) == 1


async def test_a_loop_may_publish_to_the_endpoint_that_it_reads(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 20)
        offsets = []
        for _ in range(10):
            offsets += await take(messages, 1)
            await kitt.publish("freight", "route_update", ROUTE, timeout=10)
        offsets += await take(messages, 20)
    assert offsets == list(range(1, 31))


async def test_a_publish_gets_its_answer_while_a_full_queue_pauses_the_reading(
    server: ScriptedServer, kitt: Kitt
) -> None:
    async with kitt.subscribe("freight") as messages:
        await fill(server, 100)
        await asyncio.sleep(0.02)
        assert (await kitt.publish("freight", "route_update", ROUTE, timeout=10)).offset == 101
        assert await take(messages, 101) == list(range(1, 102))


async def test_what_came_before_a_close_is_read_though_sending_fails(server: ScriptedServer, kitt: Kitt) -> None:
    server.interval_s = 0.01
    async with kitt.subscribe("freight") as messages:
        await fill(server, 10)
        await server.peers[0].disconnect(4008)
        await asyncio.sleep(0.05)
        assert await take(messages, 10) == list(range(1, 11))
        with pytest.raises(Refused):
            await anext(messages)


async def test_leaving_the_loop_ends_the_subscription(server: ScriptedServer, kitt: Kitt) -> None:
    reading = asyncio.create_task(first_of(kitt))
    await server.peer()
    await fill(server, 1)
    assert await reading == 1
    await fill(server, 50)
    assert (await kitt.publish("freight", "route_update", ROUTE)).offset == 52
    assert kitt._links["freight"].fanout.mailboxes == []


async def first_of(kitt: Kitt) -> int | None:
    async for message in kitt.subscribe("freight"):
        return message.offset if isinstance(message, Message) else None
    return None


async def test_a_subscriber_that_stops_at_a_full_queue_frees_the_others(server: ScriptedServer, kitt: Kitt) -> None:
    async with kitt.subscribe("freight") as other:
        async with kitt.subscribe("freight"):
            await fill(server, 20)
            assert await take(other, 4) == [1, 2, 3, 4]
        assert await take(other, 16) == list(range(5, 21))


async def test_a_cancelled_loop_leaves_cleanly(server: ScriptedServer, kitt: Kitt) -> None:
    reading = asyncio.create_task(first_of(kitt))
    await server.peer()
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert kitt._links["freight"].fanout.mailboxes == []


async def test_losses_while_publishing_and_reading_keep_both_whole(server: ScriptedServer, kitt: Kitt) -> None:
    async def drop_every_seventh(peer: Peer, frame: Frame) -> bool:
        if len(server.log) % 7 == 6:
            server.append(frame["id"], "tms", payload=frame["payload"])
            peer.drop()
            return True
        return await not_taken(peer, frame)

    server.on_message = drop_every_seventh
    async with kitt.subscribe("freight") as messages:
        sending = asyncio.gather(*(kitt.publish("freight", "route_update", {"n": n}) for n in range(60)))
        assert await take(messages, 60) == list(range(1, 61))
        assert sorted(stored.offset for stored in await sending) == list(range(1, 61))


@pytest.mark.parametrize("place", [{"epoch": "e1"}, {"since": 1, "last": 1}, {"since": -1}, {"last": -1}])
async def test_a_place_that_makes_no_sense_is_refused_at_once(kitt: Kitt, place: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="since"):
        kitt.subscribe("freight", **place)
