"""The admin shows rows, and can disconnect a client; it changes nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from realtime.models import Connection, Node, Revocation
from tests.conftest import MakeConnection, MakeNode

NOW = timezone.now()
CONNECTIONS = "/admin/realtime/connection/"
NODES = "/admin/realtime/node/"
REVOCATIONS = "/admin/realtime/revocation/"


@pytest.fixture
def staff_client(db: None) -> Client:
    """Somebody who may look at connections and nodes, and no more."""
    user = User.objects.create_user("viewer", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_connection", "view_node"]))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def one_of_each(make_node: MakeNode, make_connection: MakeConnection) -> None:
    make_connection(client_id="is-live")
    make_connection(client_id="is-closed", closed_at=NOW, close_code=4201)
    make_connection(client_id="is-lost", node=make_node(lease_age=21))


def listed(client: Client, **query: str) -> set[str]:
    """The clients of the rows that the list shows."""
    response = client.get(CONNECTIONS, query)
    assert response.status_code == 200
    return {row.client_id for row in response.context["cl"].result_list}


def disconnect(client: Client, *rows: Connection) -> None:
    data = {"action": "disconnect", "_selected_action": [str(row.pk) for row in rows]}
    assert client.post(CONNECTIONS, data, follow=True).status_code == 200


@pytest.mark.usefixtures("one_of_each")
def test_the_list_shows_live_connections_unless_asked_otherwise(admin_client: Client) -> None:
    assert listed(admin_client) == {"is-live"}


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("state", "clients"),
    [("closed", {"is-closed"}), ("lost", {"is-lost"}), ("all", {"is-live", "is-closed", "is-lost"})],
)
def test_the_list_shows_the_state_asked_for(admin_client: Client, state: str, clients: set[str]) -> None:
    assert listed(admin_client, state=state) == clients


def test_the_list_can_be_narrowed_to_an_endpoint(admin_client: Client, make_connection: MakeConnection) -> None:
    make_connection(client_id="a", endpoint="freight")
    make_connection(client_id="b", endpoint="packing")
    assert listed(admin_client, endpoint__exact="packing") == {"b"}


def test_the_list_can_be_narrowed_to_a_node(
    admin_client: Client, make_node: MakeNode, make_connection: MakeConnection
) -> None:
    other = make_node()
    make_connection(client_id="a")
    make_connection(client_id="b", node=other)
    assert listed(admin_client, node__id__exact=str(other.pk)) == {"b"}


@pytest.mark.parametrize("text", ["truck-7", "10.1.2.3", "Firefox"])
def test_a_connection_is_found_by_what_is_known_of_it(
    admin_client: Client, make_connection: MakeConnection, text: str
) -> None:
    make_connection(client_id="truck-7", remote_address="10.1.2.3:4444", user_agent="Firefox/150")
    make_connection(client_id="other")
    assert listed(admin_client, q=text) == {"truck-7"}


@pytest.mark.parametrize("form", ["str", "hex"])
def test_a_connection_is_found_by_its_id(admin_client: Client, make_connection: MakeConnection, form: str) -> None:
    row = make_connection(client_id="truck-7")
    make_connection(client_id="other")
    assert listed(admin_client, q=str(row.pk) if form == "str" else row.pk.hex) == {"truck-7"}


def test_a_closed_connection_is_shown_with_its_reason_and_length(
    admin_client: Client, make_connection: MakeConnection
) -> None:
    make_connection(connected_at=NOW - timedelta(seconds=3661), closed_at=NOW, close_code=4201)
    page = admin_client.get(CONNECTIONS, {"state": "closed"}).content.decode()
    assert "4201 heartbeat missed" in page
    assert "1:01:01" in page


def test_disconnecting_asks_the_owner_to_close_with_4008(admin_client: Client, make_connection: MakeConnection) -> None:
    chosen, other = make_connection(), make_connection()
    disconnect(admin_client, chosen)
    assert list(Connection.objects.filter(close_requested_code=4008)) == [chosen]
    other.refresh_from_db()
    assert other.close_requested_code is None


def test_disconnecting_says_how_many_were_asked(admin_client: Client, make_connection: MakeConnection) -> None:
    data = {"action": "disconnect", "_selected_action": [str(make_connection().pk)]}
    page = admin_client.post(CONNECTIONS, data, follow=True).content.decode()
    assert "1 asked to close with code 4008" in page


def test_a_closed_connection_is_not_asked_again(admin_client: Client, make_connection: MakeConnection) -> None:
    row = make_connection(closed_at=NOW, close_code=1000)
    admin_client.post(f"{CONNECTIONS}?state=all", {"action": "disconnect", "_selected_action": [str(row.pk)]})
    assert Connection.objects.get().close_requested_code is None


def test_a_viewer_sees_the_list_but_cannot_disconnect(staff_client: Client, make_connection: MakeConnection) -> None:
    row = make_connection(client_id="truck-7")
    assert listed(staff_client) == {"truck-7"}
    disconnect(staff_client, row)
    assert Connection.objects.get().close_requested_code is None


def test_a_viewer_with_the_permission_can_disconnect(staff_client: Client, make_connection: MakeConnection) -> None:
    row = make_connection()
    User.objects.get().user_permissions.add(Permission.objects.get(codename="disconnect_connection"))
    disconnect(staff_client, row)
    assert Connection.objects.get().close_requested_code == 4008


@pytest.mark.parametrize("name", ["connection", "node"])
def test_even_a_superuser_cannot_add_a_row(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(f"admin:realtime_{name}_add")).status_code == 403


@pytest.mark.parametrize("name", ["connection", "node"])
def test_even_a_superuser_cannot_delete_a_row(admin_client: Client, make_connection: MakeConnection, name: str) -> None:
    row = make_connection()
    key = row.pk if name == "connection" else row.node_id
    url = reverse(f"admin:realtime_{name}_delete", args=[key])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
    assert Connection.objects.count() == Node.objects.count() == 1


def test_even_a_superuser_cannot_change_a_row(admin_client: Client, make_connection: MakeConnection) -> None:
    row = make_connection(client_id="truck-7")
    url = reverse("admin:realtime_connection_change", args=[row.pk])
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"client_id": "other"}).status_code == 403
    assert Connection.objects.get().client_id == "truck-7"


@pytest.mark.parametrize(
    ("values", "text"),
    [({}, "renewed 0:00:0"), ({"lease_age": 90}, "ran out, 0:01:30 old"), ({"stopped_at": NOW}, "ended")],
)
def test_the_list_of_nodes_shows_the_lease(
    admin_client: Client, make_node: MakeNode, values: dict[str, object], text: str
) -> None:
    make_node(**values)
    assert text in admin_client.get(NODES).content.decode()


def test_the_list_of_nodes_counts_live_connections(
    admin_client: Client, node: Node, make_connection: MakeConnection
) -> None:
    make_connection()
    make_connection(closed_at=NOW)
    page = admin_client.get(NODES).content.decode()
    assert '<td class="field-live_connections">1</td>' in page


def test_the_admin_asks_strangers_to_log_in(client: Client) -> None:
    assert client.get(CONNECTIONS).headers["Location"].startswith("/admin/login/")


def test_who_may_revoke_does_so_and_undoes_it(admin_client: Client) -> None:
    form = {"kind": "client_id", "value": "tablet-7"}
    assert admin_client.post(f"{REVOCATIONS}add/", form, follow=True).status_code == 200
    row = Revocation.objects.get()
    assert (row.kind, row.value, row.expires_at) == ("client_id", "tablet-7", None)
    assert "tablet-7" in admin_client.get(REVOCATIONS).content.decode()
    admin_client.post(f"{REVOCATIONS}{row.pk}/delete/", {"post": "yes"})
    assert not Revocation.objects.exists()


def test_a_client_id_that_nobody_can_have_is_not_revoked(admin_client: Client) -> None:
    response = admin_client.post(f"{REVOCATIONS}add/", {"kind": "client_id", "value": "tablet 7"})
    assert "1 to 64 of" in response.content.decode()


def test_a_revocation_is_not_changed(admin_client: Client) -> None:
    row = Revocation.objects.create(kind="client_id", value="tablet-7")
    admin_client.post(f"{REVOCATIONS}{row.pk}/change/", {"kind": "client_id", "value": "tablet-8"})
    assert Revocation.objects.get().value == "tablet-7"


def test_who_may_only_look_revokes_nobody(staff_client: Client) -> None:
    assert staff_client.post(f"{REVOCATIONS}add/", {"kind": "client_id", "value": "tablet-7"}).status_code == 403
