"""One pass of the sweeper."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from realtime.models import Connection
from realtime.sweeper import SweepResult, sweep_once
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()


def sweep(seconds_later: float = 0) -> SweepResult:
    return sweep_once(NOW + timedelta(seconds=seconds_later), timeout=60, flush_slack=15)


def silent_for(seconds: float) -> dict[str, object]:
    return {"last_heartbeat": NOW - timedelta(seconds=seconds)}


def test_a_dead_nodes_rows_are_closed_as_of_now(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(node=make_node(lease_renewed_at=NOW - timedelta(seconds=20)))
    assert sweep() == (1, 0)
    row = Connection.objects.get()
    assert (row.closed_at, row.close_code) == (NOW, 1006)


def test_a_dead_nodes_rows_are_closed_once(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(node=make_node(lease_renewed_at=NOW - timedelta(seconds=20)))
    sweep()
    assert sweep(1) == (0, 0)
    assert Connection.objects.get().closed_at == NOW


def test_a_nodes_rows_stay_while_its_lease_holds(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(node=make_node(lease_renewed_at=NOW - timedelta(seconds=19.999)))
    assert sweep() == (0, 0)
    assert Connection.objects.open().exists()


def test_a_node_that_sweeps_does_not_take_itself_for_dead(make_node: MakeNode, make_connection: MakeConnection) -> None:
    host = make_node(lease_age=60)
    own, others = make_connection(node=host), make_connection(node=make_node(lease_age=60))
    assert sweep_once(NOW, timeout=60, flush_slack=15, host=host.pk) == (1, 0)
    assert list(Connection.objects.open()) == [own]
    assert list(Connection.objects.exclude(closed_at=None)) == [others]


def test_the_owner_of_a_silent_socket_is_asked_to_close_it(make_connection: MakeConnection) -> None:
    make_connection(**silent_for(75.001))
    assert sweep() == (0, 1)
    row = Connection.objects.get()
    assert (row.close_requested_code, row.closed_at) == (4201, None)


def test_an_owner_is_not_asked_twice(make_connection: MakeConnection) -> None:
    make_connection(**silent_for(75.001))
    sweep()
    assert sweep() == (0, 0)


def test_a_socket_may_be_silent_for_the_timeout_and_the_slack(make_connection: MakeConnection) -> None:
    make_connection(**silent_for(75))
    assert sweep() == (0, 0)
    assert Connection.objects.get().close_requested_code is None


def test_an_operators_request_stands(make_connection: MakeConnection) -> None:
    make_connection(**silent_for(600), close_requested_code=4008)
    assert sweep() == (0, 0)
    assert Connection.objects.get().close_requested_code == 4008


def test_a_silent_socket_of_a_dead_node_is_closed_and_nobody_asked(
    make_node: MakeNode, make_connection: MakeConnection
) -> None:
    make_connection(node=make_node(lease_age=60), **silent_for(600))
    assert sweep() == (1, 0)
    assert Connection.objects.get().close_requested_code is None


def test_closed_rows_are_left_alone(make_node: MakeNode, make_connection: MakeConnection) -> None:
    past = NOW - timedelta(days=1)
    make_connection(**silent_for(600), closed_at=past, close_code=1000)
    make_connection(node=make_node(lease_age=60), closed_at=past, close_code=1000)
    assert sweep() == (0, 0)
    assert Connection.objects.filter(closed_at=past, close_code=1000, close_requested_code=None).count() == 2


def test_an_empty_table_is_swept(db: None) -> None:
    assert sweep() == (0, 0)
