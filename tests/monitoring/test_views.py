"""REST: what KITT is, whether it works, and who is connected."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from monitoring.probes import PROBES
from realtime.conf import KittSettings
from realtime.models import Node
from realtime.node.process import NodeProcess
from realtime.node.scope import NODE_KEY
from realtime.version import VERSION
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Django logs every 4xx and 5xx."""
    caplog.set_level(logging.CRITICAL, "django.request")


@pytest.fixture
def broken_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise OSError

    monkeypatch.setitem(PROBES, "layer", fail)


def stats(client: Client, **query: object) -> Any:
    response = client.get("/stats", query)
    assert response.status_code == 200
    return response.json()


# Root


def test_the_root_says_what_kitt_is(client: Client) -> None:
    body = client.get("/").json()
    assert (body["name"], body["version"]) == ("KITT", VERSION)
    assert [endpoint["path"] for endpoint in body["endpoints"]] == ["/ws/freight", "/ws/packing", "/ws/notifications"]
    assert body["endpoints"][1]["types"] == ["packing_result", "damage_prediction", "heartbeat"]


def test_every_link_of_the_root_leads_somewhere(admin_client: Client) -> None:
    links = admin_client.get("/").json()["links"]
    documents = {"openapi", "rest", "asyncapi", "sockets"}
    pages = {"live", "health", "health-live", "health-ready", "stats", "metrics", "admin:index"}
    assert set(links) == pages | documents
    assert {admin_client.get(link).status_code for link in links.values()} == {200}


def test_the_root_leads_to_the_messages_of_every_endpoint(client: Client, db: None) -> None:
    links = [endpoint["messages"] for endpoint in client.get("/").json()["endpoints"]]
    assert [client.get(link).json()["endpoint"] for link in links] == ["freight", "packing", "notifications"]


# Health


def test_health_is_200_while_everything_works(client: Client, make_connection: MakeConnection) -> None:
    make_connection()
    response = client.get("/health")
    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"status", "database", "layer", "live_connections", "node", "version"}
    assert (body["status"], body["live_connections"], body["version"]) == ("healthy", 1, VERSION)


def test_health_tells_of_each_probe(client: Client, db: None) -> None:
    body = client.get("/health").json()
    for probe in ("database", "layer"):
        assert set(body[probe]) == {"status", "duration_ms", "error"}
        assert body[probe]["status"] == "healthy"


@pytest.mark.usefixtures("broken_layer", "db")
def test_health_is_503_when_a_probe_fails(client: Client) -> None:
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["status"] == "unhealthy"
    assert response.json()["layer"]["error"] == "OSError"


def test_health_needs_no_database_to_say_that_it_is_broken(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError

    monkeypatch.setattr("monitoring.probes.select_one", fail)
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["database"] == response.json()["database"] | {
        "status": "unhealthy",
        "error": "OperationalError",
    }
    assert response.json()["live_connections"] is None


def test_health_survives_a_database_that_fails_after_its_probe(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, int]:
        raise OperationalError

    monkeypatch.setattr("realtime.selectors.live_by_endpoint", fail)
    assert client.get("/health").json()["live_connections"] is None


@pytest.mark.django_db(transaction=True)
async def test_health_does_not_wait_for_a_database_that_hangs(
    async_client: AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KITT = KittSettings(probe_timeout=0.01)
    answer, gave_up = threading.Event(), threading.Event()
    monkeypatch.setattr("monitoring.probes.select_one", lambda: answer.wait(10) or gave_up.set())
    response = await async_client.get("/health")
    answer.set()
    assert response.status_code == 503
    assert not gave_up.is_set()


def test_health_is_not_cached(client: Client, db: None) -> None:
    for path in ("/health", "/health/live", "/health/ready"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("broken_layer")
def test_a_process_lives_although_what_it_depends_on_is_broken(client: Client) -> None:
    response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "healthy"})


def test_a_process_is_ready_while_everything_works(client: Client, db: None) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert set(response.json()) == {"status", "database", "layer", "stopping"}


@pytest.mark.usefixtures("broken_layer", "db")
def test_a_process_is_not_ready_when_a_probe_fails(client: Client) -> None:
    assert client.get("/health/ready").status_code == 503


@pytest.mark.django_db(transaction=True)
async def test_a_process_that_stops_is_not_ready(async_client: AsyncClient) -> None:
    process = NodeProcess()
    process.stopping = True
    scope = {"path": "/health/ready", "query_string": "", "headers": [(b"host", b"testserver")], NODE_KEY: process}
    response = await async_client.request(**scope)
    assert (response.status_code, response.json()["stopping"]) == (503, True)


@pytest.mark.django_db(transaction=True)
async def test_health_names_the_node_that_answers(async_client: AsyncClient) -> None:
    process = NodeProcess()
    scope = {"path": "/health", "query_string": "", "headers": [(b"host", b"testserver")], NODE_KEY: process}
    response = await async_client.request(**scope)
    assert response.json()["node"] == str(process.id)


@pytest.mark.django_db(transaction=True)
async def test_health_is_503_while_the_node_cannot_write(async_client: AsyncClient) -> None:
    process = NodeProcess()
    process.writer.failure = "the last write failed"
    scope = {"path": "/health", "query_string": "", "headers": [(b"host", b"testserver")], NODE_KEY: process}
    response = await async_client.request(**scope)
    assert response.status_code == 503
    assert response.json()["database"]["error"] == "the last write failed"


# Stats


def test_stats_of_nobody_have_three_endpoints_at_zero(client: Client, db: None) -> None:
    assert stats(client) == {
        "total_connections": 0,
        "connections_by_endpoint": {"freight": 0, "packing": 0, "notifications": 0},
        "connection_details": [],
    }


def test_stats_have_this_shape(client: Client, make_connection: MakeConnection) -> None:
    make_connection(endpoint="packing", client_id="optimiser", connected_at=NOW, last_heartbeat=NOW)
    at = NOW.isoformat().replace("+00:00", "Z")
    assert stats(client) == {
        "total_connections": 1,
        "connections_by_endpoint": {"freight": 0, "packing": 1, "notifications": 0},
        "connection_details": [
            {"endpoint": "packing", "client_id": "optimiser", "connected_at": at, "last_heartbeat": at}
        ],
    }


def test_stats_leave_out_closed_rows_and_those_of_dead_nodes(
    client: Client, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    make_connection(closed_at=NOW)
    make_connection(node=make_node(lease_age=21))
    body = stats(client)
    assert (body["total_connections"], body["connection_details"]) == (0, [])


def test_stats_add_up_every_node(client: Client, make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection()
    make_connection(node=make_node())
    assert stats(client)["total_connections"] == 2


def test_a_limit_shortens_the_details_and_not_the_counts(client: Client, make_connection: MakeConnection) -> None:
    for age in range(3):
        make_connection(client_id=f"c{age}", connected_at=NOW - timedelta(seconds=age))
    body = stats(client, limit=2)
    assert body["total_connections"] == 3
    assert [detail["client_id"] for detail in body["connection_details"]] == ["c0", "c1"]


def test_a_limit_of_zero_gives_counts_alone(client: Client, make_connection: MakeConnection) -> None:
    make_connection()
    body = stats(client, limit=0)
    assert (body["total_connections"], body["connection_details"]) == (1, [])


def test_without_a_limit_a_thousand_details_are_given(
    client: Client, node: Node, new_connection: MakeConnection
) -> None:
    type(new_connection()).objects.bulk_create(new_connection() for _ in range(1001))
    body = stats(client)
    assert (body["total_connections"], len(body["connection_details"])) == (1001, 1000)


def test_details_can_be_those_of_an_endpoint(client: Client, make_connection: MakeConnection) -> None:
    make_connection(endpoint="packing", client_id="a")
    make_connection(endpoint="freight", client_id="b")
    body = stats(client, endpoint="packing")
    assert body["total_connections"] == 2
    assert [detail["client_id"] for detail in body["connection_details"]] == ["a"]


def test_details_can_be_those_of_a_client(client: Client, make_connection: MakeConnection) -> None:
    make_connection(endpoint="packing", client_id="a")
    make_connection(endpoint="freight", client_id="b")
    assert [detail["endpoint"] for detail in stats(client, client_id="b")["connection_details"]] == ["freight"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "-1"),
        ("limit", "10001"),
        ("limit", "many"),
        ("endpoint", "trucks"),
        ("client_id", "x" * 65),
        ("client_id", "\0"),
    ],
)
def test_a_bad_query_is_400_and_names_the_parameter(client: Client, db: None, name: str, value: str) -> None:
    response = client.get("/stats", {name: value})
    body = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert (body["code"], [error["path"] for error in body["errors"]]) == ("validation_failed", [f"/{name}"])


def test_the_largest_limit_is_taken(client: Client, db: None) -> None:
    assert stats(client, limit=10_000)["total_connections"] == 0


def test_stats_are_read_only(client: Client, db: None) -> None:
    assert client.post("/stats").status_code == 405


# Cross-origin requests


def test_any_page_may_read_by_default(client: Client, settings: Settings, db: None) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS = True
    response = client.get("/stats", headers={"origin": "https://page.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_with_an_allow_list_its_pages_may_read(client: Client, settings: Settings, db: None) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS, settings.CORS_ALLOWED_ORIGINS = False, ["https://page.example"]
    response = client.get("/stats", headers={"origin": "https://page.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://page.example"


def test_with_an_allow_list_other_pages_may_not_read(client: Client, settings: Settings, db: None) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS, settings.CORS_ALLOWED_ORIGINS = False, ["https://page.example"]
    response = client.get("/stats", headers={"origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in response.headers
