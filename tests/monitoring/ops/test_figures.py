"""What `/ops/data.json` says is what the tables hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from realtime.metrics.key_numbers import key_numbers
from realtime.models import Node, Stream
from tests.conftest import MakeConnection, MakeNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("ops", is_staff=True))
    return client


def figures(staff: Client) -> Any:
    return staff.get("/ops/data.json").json()


def test_a_node_is_alive_lost_or_stopped(staff: Client, make_node: MakeNode) -> None:
    make_node(host="alive", lease_age=3)
    make_node(host="lost", lease_age=60)
    make_node(host="stopped", lease_age=60, stopped_at=timezone.now())
    make_node(host="forgotten", lease_age=4000)
    found = {node["host"]: node for node in figures(staff)["nodes"]}
    assert {host: node["state"] for host, node in found.items()} == {
        "alive": "alive",
        "lost": "lost",
        "stopped": "stopped",
    }
    assert found["lost"]["lease_age_s"] == pytest.approx(60, abs=10)


def test_a_node_has_the_connections_that_nobody_closed(
    staff: Client, node: Node, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    idle = make_node(host="idle")
    make_connection(node=node)
    make_connection(node=node)
    for each in (node, idle):
        make_connection(node=each, closed_at=timezone.now())
    assert {found["host"]: found["connections"] for found in figures(staff)["nodes"]} == {"h": 2, "idle": 0}


def test_a_node_has_the_numbers_that_it_told_lately(staff: Client, make_node: MakeNode) -> None:
    make_node(host="alive", lease_age=6, numbers={"at": 1})
    make_node(host="late", lease_age=12, numbers={"at": 2})
    make_node(host="older version", numbers=None)
    found = {node["host"]: node["numbers"] for node in figures(staff)["nodes"]}
    assert found == {"alive": {"at": 1}, "late": None, "older version": None}


def test_every_histogram_of_a_node_comes_with_its_bounds(staff: Client) -> None:
    told = key_numbers(waiting=0)["histograms"]
    bounds = figures(staff)["bounds"]
    assert {name: len(counts) for name, counts in told.items()} == {
        name: len(each) + 2 for name, each in bounds.items()
    }


def test_live_connections_are_counted_by_endpoint_and_the_newest_listed_first(
    staff: Client, make_connection: MakeConnection
) -> None:
    make_connection(client_id="old", connected_at=timezone.now() - timedelta(minutes=5))
    make_connection(client_id="new", endpoint="packing")
    make_connection(client_id="gone", closed_at=timezone.now())
    found = figures(staff)
    assert found["connections"] == {"freight": 1, "packing": 1, "notifications": 0}
    assert [row["client_id"] for row in found["newest"]] == ["new", "old"]


def test_no_more_connections_are_listed_than_a_page_shows(staff: Client, make_connection: MakeConnection) -> None:
    for number in range(25):
        make_connection(client_id=f"c-{number}", closed_at=timezone.now(), close_code=4102)
        make_connection(client_id=f"d-{number}")
    found = figures(staff)
    assert (len(found["newest"]), len(found["sent_away"])) == (20, 20)


def test_disconnects_of_the_last_hour_are_counted_by_code(staff: Client, make_connection: MakeConnection) -> None:
    now = timezone.now()
    for code in (1000, 4201, 4201, None, 4999):
        make_connection(closed_at=now, close_code=code)
    make_connection(closed_at=now - timedelta(hours=2), close_code=4201)
    assert figures(staff)["disconnects"][0] == {"code": 4201, "reason": "heartbeat missed", "count": 2}
    assert {row["code"]: row["reason"] for row in figures(staff)["disconnects"]} == {
        4201: "heartbeat missed",
        1000: "closed by the client",
        None: "without a code",
        4999: "not one of KITT's",
    }


def test_clients_that_were_slow_silent_or_refused_are_named(staff: Client, make_connection: MakeConnection) -> None:
    now = timezone.now()
    make_connection(client_id="slow", closed_at=now - timedelta(minutes=1), close_code=4102)
    make_connection(client_id="flood", closed_at=now, close_code=4101)
    make_connection(client_id="content", closed_at=now, close_code=1000)
    make_connection(client_id="long ago", closed_at=now - timedelta(hours=2), close_code=4102)
    found = [(row["client_id"], row["code"], row["reason"]) for row in figures(staff)["sent_away"]]
    assert found == [("flood", 4101, "rate limited"), ("slow", 4102, "slow consumer")]


def test_every_stream_has_its_head(staff: Client) -> None:
    Stream.objects.update_or_create(endpoint="packing", defaults={"head": 7})
    assert figures(staff)["heads"] == {"freight": 0, "packing": 7, "notifications": 0}


def test_it_says_nothing_of_where_a_client_is(staff: Client, make_connection: MakeConnection) -> None:
    make_connection(remote_address="198.51.100.7", user_agent="curl/8")
    text = staff.get("/ops/data.json").content.decode()
    assert "198.51.100.7" not in text
    assert "curl" not in text


def test_neither_page_nor_figures_are_kept_by_a_cache(staff: Client) -> None:
    for path in ("/ops/", "/ops/data.json"):
        assert "no-store" in staff.get(path)["Cache-Control"]


def test_the_page_may_load_nothing_from_elsewhere_and_is_not_framed(staff: Client) -> None:
    policy = staff.get("/ops/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
