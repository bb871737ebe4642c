"""manage.py publish"""

from __future__ import annotations

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from realtime.models import Message

pytestmark = pytest.mark.usefixtures("stopped_log")

PAYLOAD = '{"shipment_id": "SH-1"}'


def publish(payload: str = PAYLOAD, *options: str, endpoint: str = "freight", type: str = "route_update") -> Any:
    output = StringIO()
    call_command("publish", endpoint, type, "--payload", payload, *options, stdout=output)
    return json.loads(output.getvalue())


def test_the_message_is_stored_and_printed() -> None:
    printed = publish()
    assert json.loads(Message.objects.get().envelope) == printed
    assert (printed["payload"], printed["sender"], printed["offset"]) == ({"shipment_id": "SH-1"}, "command", 1)


def test_sender_id_and_correlation_id_are_options() -> None:
    printed = publish(PAYLOAD, "--sender", "tms", "--id", "r-1", "--correlation-id", "c-1")
    assert (printed["sender"], printed["id"], printed["correlation_id"]) == ("tms", "r-1", "c-1")


def test_the_payload_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "payload.json").write_text(PAYLOAD)
    assert publish(f"@{tmp_path / 'payload.json'}")["payload"] == {"shipment_id": "SH-1"}


def test_the_payload_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(PAYLOAD.encode())))
    assert publish("-")["payload"] == {"shipment_id": "SH-1"}


def test_the_same_id_again_publishes_nothing_new() -> None:
    assert publish(PAYLOAD, "--id", "r-1") == publish(PAYLOAD, "--id", "r-1")
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"payload": "{}"}, r"^validation_failed: /payload/shipment_id is required$"),
        ({"payload": "[]"}, r"^invalid_envelope: /payload must be an object, not an array$"),
        ({"payload": "{"}, r"^invalid_json: the payload is not valid JSON"),
        ({"payload": "[" * 100_000}, r"^invalid_json: "),
        ({"payload": "\udcff"}, r"^invalid_json: "),
        ({"payload": "@/nowhere"}, r"No such file or directory: '/nowhere'$"),
        ({"endpoint": "trucks"}, r"^invalid_envelope: /endpoint must be one of freight, packing, notifications$"),
        ({"type": "teleport"}, r"^unknown_type: /type No message type is called 'teleport'"),
        ({"type": "heartbeat"}, r"^wrong_endpoint: "),
    ],
)
def test_what_does_not_fit_is_refused_and_named(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        publish(**arguments)


def test_a_bad_sender_is_refused() -> None:
    with pytest.raises(CommandError, match="/sender must be 1 to 64 of"):
        publish(PAYLOAD, "--sender", "a b")


def test_only_the_first_fields_are_named() -> None:
    with pytest.raises(CommandError, match=r"; and 1 more$"):
        publish("{}", type="shipment_request")


def test_an_id_of_another_message_is_refused() -> None:
    publish(PAYLOAD, "--id", "r-1")
    with pytest.raises(CommandError, match=r"^conflict: The id 'r-1' was used for another message, at offset 1"):
        publish('{"shipment_id": "SH-2"}', "--id", "r-1")
