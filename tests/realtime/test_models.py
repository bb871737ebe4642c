"""Which rows are open, which are live, and which nodes are alive."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from realtime.conf import KittSettings
from realtime.models import Connection, Node
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()
MICROSECOND = timedelta(microseconds=1)


def test_an_open_row_of_a_node_with_a_lease_is_live(make_connection: MakeConnection) -> None:
    row = make_connection()
    assert list(Connection.objects.live()) == [row]


def test_a_closed_row_is_neither_open_nor_live(make_connection: MakeConnection) -> None:
    make_connection(closed_at=NOW, close_code=1000)
    assert not Connection.objects.open().exists()
    assert not Connection.objects.live().exists()


def test_a_dead_nodes_row_is_open_but_not_live(make_node: MakeNode, make_connection: MakeConnection) -> None:
    row = make_connection(node=make_node(lease_age=21))
    assert list(Connection.objects.open()) == [row]
    assert not Connection.objects.live().exists()


def test_a_row_is_live_until_the_last_moment_of_the_lease(make_node: MakeNode, make_connection: MakeConnection) -> None:
    row = make_connection(node=make_node(lease_renewed_at=NOW - timedelta(seconds=20) + MICROSECOND))
    assert list(Connection.objects.live(NOW)) == [row]


def test_a_row_is_not_live_once_the_lease_is_as_old_as_its_limit(
    make_node: MakeNode, make_connection: MakeConnection
) -> None:
    make_connection(node=make_node(lease_renewed_at=NOW - timedelta(seconds=20)))
    assert not Connection.objects.live(NOW).exists()


def test_the_limit_of_the_lease_is_a_setting(settings: Settings, make_node: MakeNode) -> None:
    settings.KITT = KittSettings(lease_timeout=60)
    make_node(lease_age=59)
    make_node(lease_age=61)
    assert Node.objects.alive().count() == 1


def test_a_node_is_alive_until_the_last_moment_of_its_lease(make_node: MakeNode) -> None:
    alive = make_node(lease_renewed_at=NOW - timedelta(seconds=20) + MICROSECOND)
    make_node(lease_renewed_at=NOW - timedelta(seconds=20))
    assert list(Node.objects.alive(NOW)) == [alive]


def test_a_node_that_stopped_is_not_alive(make_node: MakeNode) -> None:
    make_node(stopped_at=NOW)
    assert not Node.objects.alive().exists()


def test_connections_come_newest_first(make_connection: MakeConnection) -> None:
    older = make_connection(connected_at=NOW - timedelta(seconds=1))
    newer = make_connection(connected_at=NOW)
    assert list(Connection.objects.all()) == [newer, older]


def test_names_are_for_people(make_node: MakeNode, make_connection: MakeConnection) -> None:
    row = make_connection(node=make_node(host="hub-1", pid=42), client_id="truck-7", endpoint="packing")
    assert str(row) == "truck-7 on packing"
    assert str(row.node) == "hub-1:42"


def test_a_lease_from_before_the_clock_was_set_back_does_not_hold(
    make_node: MakeNode, make_connection: MakeConnection
) -> None:
    """Else the rows of a node that died just before would be live for another hour."""
    make_connection(node=make_node(lease_renewed_at=NOW + timedelta(hours=1)))
    assert not Connection.objects.live(NOW).exists()
