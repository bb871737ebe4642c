"""Sockets that die during a burst: the others get every message, in order, once, and the table is right afterwards."""

from __future__ import annotations

import asyncio

from tests.bursts import MESSAGE, burst
from tests.raw_frames import TEXT, frame, text
from tests.raw_socket import RawSocket, open_socket, open_sockets
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

LARGE = {"type": "route_update", "payload": {"shipment_id": "SH-1", "note": "x" * 60_000}}
# Of LARGE messages: what the kernel keeps for two sockets on this machine is some megabytes.
MORE_THAN_THE_KERNEL_KEEPS = 200


async def have_everything(server: Server, survivors: list[RawSocket], head: int) -> None:
    for survivor in survivors:
        await survivor.has_all_upto(head)
    await until(lambda: server.connected() == [f"survivor-{number}" for number in range(len(survivors))])
    assert server.get("/stats")["connections_by_endpoint"]["freight"] == len(survivors)


async def reset_after(victim: RawSocket, count: int) -> None:
    await victim.reach(victim.start + count)
    victim.reset()


async def test_sockets_that_are_reset_one_by_one_during_a_burst_harm_no_one(busy_server: Server) -> None:
    async with open_sockets(busy_server, 3, "survivor") as survivors, open_sockets(busy_server, 10) as victims:
        async with burst(busy_server) as load:
            await asyncio.gather(*(reset_after(victim, 10 * turn) for turn, victim in enumerate(victims, 1)))
            await load.flow(50)
        await have_everything(busy_server, survivors, load.head)


async def test_sockets_that_are_all_reset_at_once_harm_no_one(busy_server: Server) -> None:
    async with open_sockets(busy_server, 3, "survivor") as survivors, open_sockets(busy_server, 10) as victims:
        async with burst(busy_server) as load:
            for victim in victims:
                victim.reset()
            await load.flow(50)
        await have_everything(busy_server, survivors, load.head)


async def test_sockets_that_are_reset_in_the_middle_of_a_frame_of_their_own_harm_no_one(busy_server: Server) -> None:
    half = frame(TEXT, text(MESSAGE))[:20]
    async with open_sockets(busy_server, 3, "survivor") as survivors, open_sockets(busy_server, 3) as victims:
        async with burst(busy_server) as load:
            for victim in victims:
                await victim.write(half)
                victim.reset()
            await load.flow(50)
        await have_everything(busy_server, survivors, load.head)


async def test_a_socket_that_is_closed_halfway_is_ended_and_harms_no_one(busy_server: Server) -> None:
    async with open_sockets(busy_server, 3, "survivor") as survivors, open_socket(busy_server) as victim:
        async with burst(busy_server) as load:
            await victim.reach(load.head)
            victim.half_close()
            await victim.until_end()
            await load.flow(50)
        await have_everything(busy_server, survivors, load.head)


async def test_a_socket_whose_reader_stops_harms_no_one(start: Start) -> None:
    """serve cuts it after KITT_SEND_TIMEOUT; daphne keeps what it does not read until it is gone."""
    server = start(KITT_RATE_LIMIT="0", KITT_SEND_TIMEOUT="1")
    async with (
        open_sockets(server, 3, "survivor") as survivors,
        open_socket(server, client_id="sleeper", slow=True) as sleeper,
    ):
        async with burst(server, message=LARGE) as load:
            await load.flow(MORE_THAN_THE_KERNEL_KEEPS)
        sleeper.reset()
        await have_everything(server, survivors, load.head)


async def test_a_reader_that_stops_for_a_while_gets_everything_in_order_when_it_goes_on(start: Start) -> None:
    server = start(KITT_RATE_LIMIT="0", KITT_SEND_TIMEOUT="60")
    async with open_socket(server, client_id="survivor-0", slow=True) as sleeper:
        async with burst(server, message=LARGE) as load:
            await load.flow(MORE_THAN_THE_KERNEL_KEEPS)
            await sleeper.reach(load.head)
            await load.flow(50)
        await have_everything(server, [sleeper], load.head)


async def test_a_reader_that_is_less_and_less_behind_gets_everything_in_order(busy_server: Server) -> None:
    """So that what the server writes at once and what it has to keep for later take turns."""
    async with open_socket(busy_server, client_id="survivor-0", slow=True) as reader:
        async with burst(busy_server, message=LARGE) as load:
            await load.flow(120)
            for lag in range(120, 0, -1):
                await reader.reach(load.head - lag)
                await load.flow(1)
        await have_everything(busy_server, [reader], load.head)
