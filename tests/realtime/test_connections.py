"""Writes to the connection table may overlap and be repeated."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from realtime.connections import (
    Changes,
    Close,
    close_node,
    prune_closed,
    renew_lease,
    request_close,
    withdraw_close_requests,
    write_changes,
)
from realtime.metrics.key_numbers import key_numbers
from realtime.models import Connection, Node
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()
LATER = NOW + timedelta(seconds=5)


def opening(*rows: Connection) -> Changes:
    return Changes({row.pk: row for row in rows}, {}, {})


def closing(row: Connection, code: int, at: datetime = NOW) -> Changes:
    return Changes({}, {}, {row.pk: Close(at, code)})


def test_an_opened_socket_gets_its_row(new_connection: MakeConnection) -> None:
    row = new_connection()
    write_changes(opening(row))
    assert list(Connection.objects.live()) == [row]


def test_a_heartbeat_moves_only_its_own_row(make_connection: MakeConnection) -> None:
    heard, other = make_connection(last_heartbeat=NOW), make_connection(last_heartbeat=NOW)
    write_changes(Changes({}, {heard.pk: LATER}, {}))
    heard.refresh_from_db()
    other.refresh_from_db()
    assert (heard.last_heartbeat, other.last_heartbeat) == (LATER, NOW)


def test_a_close_keeps_the_time_and_the_code(make_connection: MakeConnection) -> None:
    row = make_connection()
    write_changes(closing(row, 4201))
    row.refresh_from_db()
    assert (row.closed_at, row.close_code) == (NOW, 4201)


def test_a_second_close_changes_nothing(make_connection: MakeConnection) -> None:
    row = make_connection()
    write_changes(closing(row, 4201))
    write_changes(closing(row, 1000, LATER))
    row.refresh_from_db()
    assert (row.closed_at, row.close_code) == (NOW, 4201)


def test_a_heartbeat_after_the_close_changes_nothing(make_connection: MakeConnection) -> None:
    row = make_connection(last_heartbeat=NOW, closed_at=NOW, close_code=1000)
    write_changes(Changes({}, {row.pk: LATER}, {}))
    row.refresh_from_db()
    assert row.last_heartbeat == NOW
    assert row.close_code == 1000


def test_a_socket_that_came_and_went_between_two_writes_has_a_closed_row(new_connection: MakeConnection) -> None:
    row = new_connection()
    write_changes(Changes({row.pk: row}, {row.pk: LATER}, {row.pk: Close(LATER, 1000)}))
    row.refresh_from_db()
    assert (row.last_heartbeat, row.closed_at, row.close_code) == (LATER, LATER, 1000)


def test_opening_a_row_that_was_closed_opens_it_again(make_connection: MakeConnection) -> None:
    row = make_connection()
    write_changes(closing(row, 1006))
    write_changes(opening(row))
    assert list(Connection.objects.live()) == [row]
    assert Connection.objects.get().close_code is None


def test_opening_a_row_twice_is_opening_it_once(new_connection: MakeConnection) -> None:
    row = new_connection()
    write_changes(opening(row))
    write_changes(opening(row))
    assert Connection.objects.count() == 1


def test_opening_a_row_again_keeps_an_operators_request(make_connection: MakeConnection) -> None:
    row = make_connection()
    request_close([row.pk], 4008)
    write_changes(opening(row))
    assert Connection.objects.get().close_requested_code == 4008


def test_changes_of_an_unknown_socket_make_no_row(db: None) -> None:
    write_changes(Changes({}, {uuid.uuid4(): NOW}, {uuid.uuid4(): Close(NOW, 1000)}))
    assert not Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_changes_are_written_together_or_not_at_all(new_connection: MakeConnection) -> None:
    known = new_connection(last_heartbeat=NOW)
    write_changes(opening(known))
    of_unknown_node = new_connection(node=Node(host="h", pid=1, started_at=NOW, lease_renewed_at=NOW))
    with pytest.raises(IntegrityError):
        write_changes(Changes({of_unknown_node.pk: of_unknown_node}, {known.pk: LATER}, {}))
    assert Connection.objects.get().last_heartbeat == NOW


def test_a_thousand_heartbeats_cost_one_statement(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):  # two of them are the transaction
        write_changes(Changes({}, {uuid.uuid4(): NOW for _ in range(1000)}, {}))


def test_no_changes_are_false(db: None) -> None:
    assert not Changes({}, {}, {})
    assert Changes({}, {uuid.uuid4(): NOW}, {})


def test_a_close_can_be_asked_for(make_connection: MakeConnection) -> None:
    rows = [make_connection(), make_connection()]
    assert request_close([row.pk for row in rows], 4008) == 2
    assert set(Connection.objects.values_list("close_requested_code", flat=True)) == {4008}


def test_nobody_is_asked_to_close_a_closed_row(make_connection: MakeConnection) -> None:
    row = make_connection(closed_at=NOW, close_code=1000)
    assert request_close([row.pk], 4008) == 0
    assert Connection.objects.get().close_requested_code is None


def test_a_request_can_be_withdrawn(make_connection: MakeConnection) -> None:
    row = make_connection(close_requested_code=4201)
    withdraw_close_requests([row.pk], 4201)
    assert Connection.objects.get().close_requested_code is None


def test_closing_a_node_closes_its_open_rows_and_ends_its_lease(node: Node, make_connection: MakeConnection) -> None:
    make_connection()
    assert close_node(node.pk, NOW, 4200) == 1
    assert Connection.objects.filter(closed_at=NOW, close_code=4200).count() == 1
    assert Node.objects.get().stopped_at == NOW


def test_closing_a_node_leaves_rows_that_are_closed(node: Node, make_connection: MakeConnection) -> None:
    make_connection(closed_at=NOW, close_code=1000)
    assert close_node(node.pk, LATER, 4200) == 0
    assert Connection.objects.get().close_code == 1000


def test_closing_a_node_twice_keeps_the_first_time(node: Node, make_connection: MakeConnection) -> None:
    make_connection()
    close_node(node.pk, NOW, 4200)
    assert close_node(node.pk, LATER, 4200) == 0
    assert Node.objects.get().stopped_at == NOW


def test_closing_a_node_leaves_the_others(node: Node, make_node: MakeNode, make_connection: MakeConnection) -> None:
    row = make_connection(node=make_node())
    close_node(node.pk, NOW, 4200)
    assert list(Connection.objects.live()) == [row]


def test_a_lease_that_is_renewed_brings_a_pruned_node_back(node: Node) -> None:
    Node.objects.all().delete()
    renew_lease(node, key_numbers(waiting=0))
    assert Node.objects.alive().get() == node


def test_pruning_deletes_rows_that_closed_before_the_limit(make_connection: MakeConnection) -> None:
    make_connection(closed_at=NOW - timedelta(seconds=1))
    at_the_limit = make_connection(closed_at=NOW)
    is_open = make_connection(connected_at=NOW - timedelta(days=400))
    assert prune_closed(NOW) == 1
    assert set(Connection.objects.all()) == {at_the_limit, is_open}


def test_pruning_goes_on_until_the_last_batch(make_connection: MakeConnection) -> None:
    for _ in range(5):
        make_connection(closed_at=NOW - timedelta(days=1))
    assert prune_closed(NOW, batch_size=2) == 5


def test_pruning_deletes_old_nodes_that_have_no_row_left(make_node: MakeNode, make_connection: MakeConnection) -> None:
    old = make_node(lease_age=3600)
    make_connection(node=old, closed_at=NOW - timedelta(seconds=3600))
    prune_closed(NOW - timedelta(seconds=60))
    assert not Node.objects.filter(pk=old.pk).exists()


def test_pruning_keeps_nodes_that_have_a_row_or_a_fresh_lease(
    node: Node, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    with_a_row = make_node(lease_age=3600)
    make_connection(node=with_a_row)
    prune_closed(NOW - timedelta(seconds=60))
    assert set(Node.objects.all()) == {node, with_a_row}
