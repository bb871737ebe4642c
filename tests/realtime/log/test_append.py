from __future__ import annotations

import json

import msgspec
import pytest
from django.conf import LazySettings

from realtime.log.append import append
from realtime.log.read import entries, heads
from realtime.models import Message, Stream
from tests.realtime.log.messages import message, offsets, refused, stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_offsets_begin_at_one_and_have_no_hole() -> None:
    assert offsets(append([[message(n)] for n in range(3)])) == [1, 2, 3]
    assert offsets(append([[message(n)] for n in range(2)])) == [4, 5]


def test_every_endpoint_has_an_order_of_its_own() -> None:
    mixed = [[message()], [message(endpoint="notifications")], [message()], [message(endpoint="notifications")]]
    assert offsets(append(mixed)) == [1, 1, 2, 2]


def test_the_head_is_that_of_the_newest_message() -> None:
    append([[message()], [message()]])
    assert heads()["freight"].offset == 2
    assert heads()["packing"].offset == 0


def test_what_is_stored_is_the_frame_that_subscribers_get() -> None:
    outcome = stored(append([[message(7, id="i-1", correlation_id="c-1")]])[0])[0]
    row = Message.objects.get()
    assert row.envelope == outcome.text
    assert (row.offset, row.message_id, row.type, row.sender, row.correlation_id) == (
        1,
        "i-1",
        "route_update",
        "tms",
        "c-1",
    )
    assert json.loads(row.envelope)["offset"] == 1


def test_the_shipments_of_a_message_are_kept_for_search() -> None:
    append([[message(7)]])
    assert [row.shipment_id for row in Message.objects.get().shipments.all()] == ["SH-7"]


def test_a_message_sent_twice_is_stored_once() -> None:
    first = stored(append([[message(1, id="i-1")]])[0])[0]
    second = stored(append([[message(1, id="i-1")]])[0])[0]
    assert (second.repeated, second.offset, second.text) == (True, first.offset, first.text)
    assert Message.objects.count() == heads()["freight"].offset == 1


def test_a_message_sent_twice_in_one_batch_is_stored_once() -> None:
    outcomes = append([[message(1, id="i-1")], [message(1, id="i-1")], [message(2)]])
    assert [(each.offset, each.repeated) for outcome in outcomes for each in stored(outcome)] == [
        (1, False),
        (1, True),
        (2, False),
    ]


def test_a_resend_may_have_another_time_and_correlation_id() -> None:
    append([[message(1, id="i-1", timestamp="2026-03-01T08:00:00Z", correlation_id="a")]])
    again = message(1, id="i-1", timestamp="2026-03-01T08:00:09Z", correlation_id="b")
    assert stored(append([[again]])[0])[0].repeated


@pytest.mark.parametrize("other", [message(2, id="i-1"), message(1, id="i-1", payload={"shipment_id": "SH-1", "x": 1})])
def test_the_same_id_with_another_body_is_a_conflict(other: object) -> None:
    append([[message(1, id="i-1")]])
    assert refused(append([[other]])[0]).code == "conflict"  # type: ignore[list-item]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("field", [{"sender": "other"}, {"endpoint": "notifications"}])
def test_the_same_id_of_another_sender_or_endpoint_is_another_message(field: dict[str, str]) -> None:
    append([[message(1, id="i-1")]])
    assert not stored(append([[message(1, id="i-1", **field)]])[0])[0].repeated  # type: ignore[arg-type]


def test_a_resend_may_have_its_names_in_another_order() -> None:
    append([[message(1, id="i-1", payload={"shipment_id": "SH-1", "a": {"x": 1, "y": 2}})]])
    again = message(1, id="i-1", payload={"a": {"y": 2, "x": 1}, "shipment_id": "SH-1"})
    assert stored(append([[again]])[0])[0].repeated


def test_a_batch_with_a_conflict_leaves_no_trace() -> None:
    append([[message(1, id="i-1")]])
    outcomes = append([[message(2), message(3), message("other", id="i-1")], [message(4)]])
    assert refused(outcomes[0]).code == "conflict"
    assert offsets(outcomes[1:]) == [2]
    assert [row.offset for row in Message.objects.all()] == [1, 2]


def test_the_id_of_a_refused_batch_can_be_used_again() -> None:
    append([[message(1, id="i-1")]])
    batch = [message(2, id="i-2"), message("other", id="i-1")]
    outcomes = append([batch, [message(9, id="i-2")]])
    assert refused(outcomes[0]).code == "conflict"
    assert [(each.offset, each.repeated) for each in stored(outcomes[1])] == [(2, False)]


def test_a_message_that_is_too_large_to_go_out_is_refused(settings: LazySettings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, max_broadcast_bytes=100)
    assert refused(append([[message()]])[0]).code == "too_large"
    assert heads()["freight"].offset == 0


def test_a_new_stream_has_an_epoch_of_its_own() -> None:
    epochs = {head.epoch for head in heads().values()}
    assert len(epochs) == Stream.objects.count() == 3


def test_entries_are_read_in_order_between_two_offsets() -> None:
    append([[message(n) for n in range(10)]])
    assert [entry.offset for entry in entries("freight", after=3, upto=8, limit=3)] == [4, 5, 6]


@pytest.mark.parametrize("other", [{"x": 1, "shipment_id": "SH-1"}, {"shipment_id": "SH-1", "x": 1.0}])
def test_a_resend_may_write_the_same_payload_in_another_way(other: dict[str, object]) -> None:
    append([[message(id="i-1", payload={"shipment_id": "SH-1", "x": 1})]])
    assert stored(append([[message(id="i-1", payload=other)]])[0])[0].repeated


@pytest.mark.parametrize("x", [True, "1", 1.5, None, [1]])
def test_a_resend_with_another_value_is_a_conflict(x: object) -> None:
    append([[message(id="i-1", payload={"shipment_id": "SH-1", "x": 1})]])
    assert refused(append([[message(id="i-1", payload={"shipment_id": "SH-1", "x": x})]])[0]).code == "conflict"


def test_a_shipment_that_no_type_checked_does_not_make_a_message_unstorable() -> None:
    odd = message(endpoint="notifications", payload={"title": "t", "shipment_id": "a\x00b"})
    assert offsets(append([[odd]])) == [1]


def test_a_read_of_large_messages_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    append([[message(n) for n in range(10)]])
    monkeypatch.setattr("realtime.log.read.CHUNK_CHARACTERS", 2 * len(entries("freight", 0, 1, 1)[0].text))
    assert [entry.offset for entry in entries("freight", after=3, upto=10, limit=7)] == [4, 5]
