"""How many sockets one client and one address may have, and whose word on addresses counts."""

from __future__ import annotations

from typing import Any

from tests.clients import ROUTE_UPDATE, Client, connect
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

ADDRESSES = "SELECT remote_address FROM realtime_connection"


def forwarded(*addresses: str) -> dict[str, Any]:
    return {"additional_headers": {"X-Forwarded-For": ", ".join(addresses)}}


async def is_turned_away(client: Client) -> None:
    frames, code = await client.until_closed()
    assert (client.first["type"], client.first["payload"]["reconnect"], frames, code) == ("disconnect", True, [], 4100)


async def test_a_client_id_with_all_its_connections_gets_no_more_and_others_do(start: Start) -> None:
    server = start(KITT_MAX_CONNECTIONS_PER_CLIENT="2")
    async with connect(server.ws_url, client_id="tms") as first, connect(server.ws_url, "packing", "tms"):
        async with connect(server.ws_url, client_id="tms") as third:
            await is_turned_away(third)
        async with connect(server.ws_url, client_id="other") as other:
            assert other.welcome
        assert (await first.ask(ROUTE_UPDATE))["type"] == "route_update"
    assert "code=4100 KITT_MAX_CONNECTIONS_PER_CLIENT" in server.log.read_text()


async def test_a_connection_that_ends_makes_room(start: Start) -> None:
    server = start(KITT_MAX_CONNECTIONS_PER_CLIENT="1", KITT_MAX_CONNECTIONS_PER_ADDRESS="1", KITT_MAX_CONNECTIONS="1")
    for _ in range(3):
        async with connect(server.ws_url) as client:
            assert client.welcome
        await until(lambda: server.connected() == [])


async def test_an_address_with_all_its_connections_gets_no_more_and_others_do(start: Start) -> None:
    server = start(KITT_MAX_CONNECTIONS_PER_ADDRESS="2")
    one = forwarded("203.0.113.9")
    async with connect(server.ws_url, client_id="a", **one), connect(server.ws_url, client_id="b", **one):
        async with connect(server.ws_url, client_id="c", **one) as third:
            await is_turned_away(third)
        async with connect(server.ws_url, client_id="d", **forwarded("203.0.113.10")) as other:
            assert other.welcome


async def test_the_addresses_of_one_ipv6_network_count_as_one(start: Start) -> None:
    server = start(KITT_MAX_CONNECTIONS_PER_ADDRESS="1")
    async with connect(server.ws_url, **forwarded("2001:db8:1:2::1")):
        async with connect(server.ws_url, **forwarded("2001:db8:1:2:ffff::7")) as neighbour:
            await is_turned_away(neighbour)
        async with connect(server.ws_url, **forwarded("2001:db8:1:3::1")) as other:
            assert other.welcome


async def hosts_of(server: Server, *addresses: str) -> list[str]:
    async with connect(server.ws_url, **forwarded(*addresses)):
        return [address.rpartition(":")[0] for (address,) in server.rows(ADDRESSES)]


async def test_an_address_that_a_stranger_claims_does_not_count(start: Start) -> None:
    assert await hosts_of(start(KITT_TRUSTED_PROXIES="192.0.2.1"), "203.0.113.9") == ["127.0.0.1"]


async def test_of_several_addresses_the_one_that_the_proxy_saw_counts(start: Start) -> None:
    assert await hosts_of(start(), "10.0.0.1", "203.0.113.9") == ["203.0.113.9"]
