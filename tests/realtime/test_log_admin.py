"""The admin shows streams and messages; it changes nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from realtime.admin import log as module
from realtime.models import Message, Stream
from tests.storing import new, store, store_many

MESSAGES = "/admin/realtime/message/"
STREAMS = "/admin/realtime/stream/"

PREDICTION = {
    "endpoint": "packing",
    "type": "damage_prediction",
    "payload": {"shipment_id": "SH-1", "probability": 0.5},
}


def listed(client: Client, **query: str) -> list[tuple[str, int]]:
    """Endpoint and offset of the rows that the list shows."""
    response = client.get(MESSAGES, query)
    assert response.status_code == 200
    return [(row.stream_id, row.offset) for row in response.context["cl"].result_list]


def test_the_newest_messages_come_first(admin_client: Client) -> None:
    store_many(3)
    assert listed(admin_client) == [("freight", 3), ("freight", 2), ("freight", 1)]


def test_the_list_can_be_narrowed_to_an_endpoint(admin_client: Client) -> None:
    store(new(), new(**PREDICTION))
    assert listed(admin_client, stream="packing") == [("packing", 1)]


def test_the_list_can_be_narrowed_to_a_type(admin_client: Client) -> None:
    store(new(), new(**PREDICTION))
    assert listed(admin_client, type="route_update") == [("freight", 1)]


@pytest.mark.parametrize("text", ["optimiser", "c-1", "r-1"])
def test_a_message_is_found_by_its_sender_its_correlation_and_its_id(admin_client: Client, text: str) -> None:
    store(new(), new(sender="optimiser", correlation_id="c-1", id="r-1"))
    assert listed(admin_client, q=text) == [("freight", 2)]


def test_a_part_of_a_value_finds_nothing(admin_client: Client) -> None:
    store(new(sender="optimiser"))
    assert listed(admin_client, q="optim") == []


def test_a_large_table_is_counted_only_so_far(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    store_many(5)
    monkeypatch.setattr(module, "MOST_COUNTED", 3)
    assert admin_client.get(MESSAGES).context["cl"].result_count == 3


def test_the_list_does_not_load_the_envelopes(admin_client: Client) -> None:
    store_many(1)
    (row,) = admin_client.get(MESSAGES).context["cl"].result_list
    assert "envelope" in row.get_deferred_fields()


def test_a_message_is_shown_with_its_envelope(admin_client: Client) -> None:
    store(new("SH-77"))
    page = admin_client.get(reverse("admin:realtime_message_change", args=[Message.objects.get().pk]))
    assert "SH-77" in page.content.decode()


def test_an_envelope_that_is_nested_too_deeply_is_shown_as_it_is(admin_client: Client) -> None:
    store_many(1)
    Message.objects.update(envelope='{"a":' * 5000 + "1" + "}" * 5000)
    url = reverse("admin:realtime_message_change", args=[Message.objects.get().pk])
    assert admin_client.get(url).status_code == 200


def test_streams_are_shown_with_head_and_oldest_message(admin_client: Client) -> None:
    store_many(3)
    Message.objects.filter(offset=1).delete()
    page = admin_client.get(STREAMS).content.decode()
    assert '<td class="field-head">3</td><td class="field-oldest">2</td>' in page
    assert Stream.objects.get().epoch in page


@pytest.mark.parametrize("name", ["message", "stream"])
def test_even_a_superuser_cannot_add_change_or_delete_a_row(admin_client: Client, name: str) -> None:
    store_many(1)
    key = Message.objects.get().pk if name == "message" else "freight"
    urls = [
        reverse(f"admin:realtime_{name}_add"),
        *(reverse(f"admin:realtime_{name}_{action}", args=[key]) for action in ("change", "delete")),
    ]
    assert {admin_client.post(url, {"post": "yes"}).status_code for url in urls} == {403}
    assert Message.objects.count() == Stream.objects.count() == 1


def test_who_may_look_at_connections_may_not_read_messages_for_that(client: Client, db: None) -> None:
    user = User.objects.create_user("viewer", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_connection"))
    client.force_login(user)
    assert client.get(MESSAGES).status_code == 403
