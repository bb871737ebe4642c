"""Reads of the connection table."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from realtime.models import Node
from realtime.selectors import close_requests, live_by_endpoint, live_connections
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()


def test_live_connections_come_newest_first(make_connection: MakeConnection) -> None:
    older = make_connection(connected_at=NOW - timedelta(seconds=1))
    newer = make_connection(connected_at=NOW)
    assert list(live_connections()) == [newer, older]


def test_closed_and_lost_connections_are_left_out(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(closed_at=NOW)
    make_connection(node=make_node(lease_age=21))
    assert not live_connections().exists()
    assert sum(live_by_endpoint().values()) == 0


def test_live_connections_of_an_endpoint(make_connection: MakeConnection) -> None:
    packing = make_connection(endpoint="packing")
    make_connection(endpoint="freight")
    assert list(live_connections(endpoint="packing")) == [packing]


def test_live_connections_of_a_client(make_connection: MakeConnection) -> None:
    truck = make_connection(client_id="truck-7")
    make_connection(client_id="truck-77")
    assert list(live_connections(client_id="truck-7")) == [truck]


def test_every_endpoint_has_a_count_even_if_it_is_zero(make_connection: MakeConnection) -> None:
    make_connection(endpoint="packing")
    make_connection(endpoint="packing")
    assert live_by_endpoint() == {"freight": 0, "packing": 2, "notifications": 0}


def test_connections_of_all_nodes_are_counted(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection()
    make_connection(node=make_node())
    assert live_by_endpoint()["freight"] == 2


def test_what_is_live_depends_on_the_time_asked_for(make_connection: MakeConnection) -> None:
    make_connection()
    assert live_by_endpoint(NOW + timedelta(seconds=60))["freight"] == 0
    assert not live_connections(NOW + timedelta(seconds=60)).exists()


def test_a_node_sees_the_requests_to_close_its_open_sockets(
    node: Node, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    asked = make_connection(close_requested_code=4008)
    make_connection()
    make_connection(close_requested_code=4008, closed_at=NOW)
    make_connection(close_requested_code=4008, node=make_node())
    assert close_requests(node.pk) == {asked.pk: 4008}
