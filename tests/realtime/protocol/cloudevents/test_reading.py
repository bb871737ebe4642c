from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol import frames
from realtime.protocol.cloudevents.reading import decode_event
from realtime.protocol.cloudevents.writing import encode_event
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import Message
from realtime.protocol.errors import ProtocolError
from realtime.protocol.sizes import SizeLimits
from tests.events import EVENT, require_event

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIMITS = SizeLimits(usual=64 * 1024, packing_result=1024 * 1024)
FREIGHT = ENDPOINTS["freight"]


def accepted(event: dict[str, Any] | str) -> Message:
    text = event if isinstance(event, str) else json.dumps(event)
    return decode_event(text, FREIGHT, now=NOW, limits=LIMITS)


def refusal(event: dict[str, Any] | str) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        accepted(event)
    return refused.value


def faults(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in refusal(event).errors]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in EVENT.items() if key != name}


def test_an_event_becomes_a_message() -> None:
    event = {**EVENT, "time": "2025-01-19T10:00:00.5+01:00", "correlationid": "c-1"}
    message = accepted(event)
    assert (message.type, message.id, message.correlation_id) == ("route_update", "e-1", "c-1")
    assert message.timestamp == event["time"]
    assert message.id_is_senders
    assert json.loads(bytes(message.payload)) == EVENT["data"]


def test_an_event_comes_back_as_it_was_sent_but_for_what_the_server_sets() -> None:
    event = {**EVENT, "time": "2025-01-19T10:00:00Z", "correlationid": "c-1", "datacontenttype": "application/json"}
    came = json.loads(encode_event(frames.stored_message(accepted(event), offset=1, sender="tms"), "freight"))
    require_event(came)
    assert {name: came[name] for name in event if name != "source"} == without("source") | {
        name: event[name] for name in ("time", "correlationid", "datacontenttype")
    }


def test_what_the_sender_leaves_out_is_filled_in() -> None:
    message = accepted({**EVENT, "time": None, "correlationid": None, "subject": None})
    assert message.timestamp == "2026-03-01T08:00:00.000Z"
    assert len(message.correlation_id) == 36


def test_a_heartbeat_is_taken() -> None:
    assert accepted({**EVENT, "type": "kitt.v1.heartbeat", "data": {}}).type == "heartbeat"


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "data"])
def test_a_required_attribute_that_is_missing_is_named(name: str) -> None:
    assert faults(without(name)) == [(f"/{name}", "missing")]


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_null_is_the_same_as_missing(name: str) -> None:
    assert faults({**EVENT, name: None}) == [(f"/{name}", "missing")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("specversion", "0.3", "not_in_enum"),
        ("id", "", "out_of_bounds"),
        ("id", "x" * 129, "out_of_bounds"),
        ("id", "a\x85", "bad_format"),
        ("id", "\U0010ffff", "bad_format"),
        ("id", 5, "wrong_type"),
        ("source", "", "bad_format"),
        ("source", "a b", "bad_format"),
        ("source", "/%zz", "bad_format"),
        ("type", 5, "wrong_type"),
        ("data", None, "wrong_type"),
        ("data", "text", "wrong_type"),
        ("data", [], "wrong_type"),
        ("time", "2025-01-19T10:00:00", "bad_format"),
        ("time", "2025-01-19 10:00:00Z", "bad_format"),
        ("time", "yesterday", "bad_format"),
        ("datacontenttype", "text/xml", "bad_format"),
        ("datacontenttype", "application/jsonx", "bad_format"),
        ("dataschema", "/relative", "bad_format"),
        ("subject", "", "out_of_bounds"),
        ("correlationid", "", "out_of_bounds"),
        ("sequence", "1", "not_allowed"),
        ("sender", "me", "not_allowed"),
        ("data_base64", "AA==", "wrong_type"),
        ("correlation_id", "c-1", "bad_format"),
        ("traceParent", "x", "bad_format"),
    ],
)
def test_an_attribute_that_is_wrong_is_named(name: str, value: object, code: str) -> None:
    error = refusal({**EVENT, name: value})
    assert error.code == "invalid_envelope"
    assert [(each.path, each.code) for each in error.errors] == [(f"/{name}", code)]


@pytest.mark.parametrize(
    "value", ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/geo+json"]
)
def test_data_may_be_of_any_json_media_type(value: str) -> None:
    assert accepted({**EVENT, "datacontenttype": value}).type == "route_update"


@pytest.mark.parametrize("value", ["1-555-123-4567", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "/a/b?c=%20#d"])
def test_a_source_may_be_any_uri_reference(value: str) -> None:
    assert accepted({**EVENT, "source": value}).type == "route_update"


def test_an_extension_that_is_not_known_is_ignored() -> None:
    assert accepted({**EVENT, "partitionkey": "k", "sampledrate": 5}).type == "route_update"


def test_the_fields_of_bad_data_are_named_from_the_event_on() -> None:
    error = refusal({**EVENT, "type": "kitt.v1.shipment_request", "data": {"items": [{"width": 0}]}})
    paths = [each.path for each in error.errors]
    assert error.code == "validation_failed"
    assert {"/data/shipment_id", "/data/items/0/width"} <= set(paths)


@pytest.mark.parametrize("name", ["route_update", "com.example.order", "", "kitt.v2.route_update"])
def test_a_type_without_the_prefix_is_unknown(name: str) -> None:
    assert refusal({**EVENT, "type": name}).code == "unknown_type"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("kitt.v1.nothing", "unknown_type"),
        ("kitt.v1.system.ping", "unknown_type"),
        ("kitt.v1.notification", "wrong_endpoint"),
    ],
)
def test_a_type_that_is_not_taken_here_is_refused(name: str, code: str) -> None:
    assert refusal({**EVENT, "type": name}).code == code


def test_a_refusal_says_which_event_it_is_about() -> None:
    error = refusal({**EVENT, "correlationid": "c-1", "data": {}})
    assert (error.correlation_id, error.rejected_type) == ("c-1", "route_update")


@pytest.mark.parametrize(
    ("text", "code"), [("{", "invalid_json"), ("[]", "invalid_envelope"), ("5", "invalid_envelope")]
)
def test_what_is_no_json_object_is_refused(text: str, code: str) -> None:
    assert refusal(text).code == code


def test_an_event_that_is_too_large_is_refused() -> None:
    assert refusal({**EVENT, "data": {"shipment_id": "SH-1", "own": "x" * 65_536}}).code == "too_large"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*EVENT, "time", "subject", "sequence", "x", "A", "data_base64"]), JSON))
def test_whatever_comes_is_accepted_or_refused(changed: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        accepted({**EVENT, **changed})
