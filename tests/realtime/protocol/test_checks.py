"""check_payload: every fault of a payload at once, for all types alike."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.checks import check_payload
from realtime.protocol.field_errors import MAX_ERRORS
from realtime.protocol.payloads.registry import PAYLOADS
from tests.realtime.protocol.payloads.changes import NOW, faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPES = sorted(PAYLOADS)
FIELDS = [(message_type, name) for message_type in TYPES for name in FULL[message_type]]
NULLABLE = {
    "weather_alert": {"expires", "onset", "ends", "headline", "description", "instruction", "response"}
    | {"sender_name", "geometry"},
    "traffic_update": {"delay_s", "length_m", "speed_kph", "start_time", "end_time"},
}
REQUIRED = {
    "shipment_request": ["/shipment_id", "/origin", "/destination", "/items"],
    "route_update": ["/shipment_id"],
    "packing_result": ["/shipment_id"],
    "damage_prediction": ["/shipment_id", "/probability"],
    "notification": ["/title"],
    "weather_alert": ["/event", "/severity"],
    "traffic_update": ["/category"],
    "error": ["/code", "/message"],
}

# Lone surrogates included: Python's json module lets them through.
text = st.text(st.characters())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)


def spots(value: object, path: str = "") -> list[str]:
    """The pointers of everything inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [spot for key, part in pairs for spot in (f"{path}/{key}", *spots(part, f"{path}/{key}"))]


@pytest.mark.parametrize("message_type", TYPES)
def test_an_empty_payload_lacks_exactly_the_required_fields(message_type: str) -> None:
    assert faults(message_type, {}) == [(path, "missing") for path in REQUIRED[message_type]]


@pytest.mark.parametrize("message_type", TYPES)
def test_fields_that_no_table_names_pass(message_type: str) -> None:
    assert faults(message_type, FULL[message_type] | {"x_custom": {"deep": [None, 1]}, "": 1}) == []


@pytest.mark.parametrize("message_type", TYPES)
def test_the_payload_is_left_as_it_is(message_type: str) -> None:
    payload = deepcopy(FULL[message_type])
    check_payload(payload, PAYLOADS[message_type], now=NOW)
    assert payload == FULL[message_type]


@pytest.mark.parametrize(("message_type", "name"), FIELDS)
def test_null_is_accepted_only_where_the_tables_say_so(message_type: str, name: str) -> None:
    wanted = [] if name in NULLABLE.get(message_type, set()) else [(f"/{name}", "wrong_type")]
    payload = put(FULL[message_type], f"/{name}", None)
    assert faults(message_type, payload) == wanted


@pytest.mark.parametrize(("message_type", "name"), FIELDS)
def test_a_field_of_another_json_type_is_refused(message_type: str, name: str) -> None:
    wrong = [] if isinstance(FULL[message_type][name], (dict, str, int, float, type(None))) else {}
    assert faults(message_type, put(FULL[message_type], f"/{name}", wrong)) == [(f"/{name}", "wrong_type")]


def test_all_faults_of_a_payload_are_reported_at_once() -> None:
    payload = {"origin": 5, "destination": "Dallas", "items": [{"width": 0, "height": 1, "depth": "3"}]}
    assert faults("shipment_request", payload) == [
        ("/shipment_id", "missing"),
        ("/origin", "wrong_type"),
        ("/items/0/width", "out_of_bounds"),
        ("/items/0/depth", "wrong_type"),
        ("/items/0/weight", "missing"),
    ]


def test_the_sentence_names_the_bound() -> None:
    payload = put(MINIMAL["shipment_request"], "/items/0/width", 1651)
    (error,) = check_payload(payload, PAYLOADS["shipment_request"], now=NOW)
    assert error.message == "must be greater than 0 and at most 1650 cm"


def test_at_most_fifty_faults_are_returned() -> None:
    payload = put(MINIMAL["shipment_request"], "/items", [{}] * 1000)
    assert len(faults("shipment_request", payload)) == MAX_ERRORS


@pytest.mark.parametrize("payload", [{"title": "x", "\ud800": 1}, {"title": "x", "expires_at": "\ud800"}])
def test_a_lone_surrogate_is_refused_without_an_exception(payload: dict[str, Any]) -> None:
    assert [code for _, code in faults("notification", payload)] == ["bad_format"]


def test_at_most_fifty_contradictions_are_returned() -> None:
    item = MINIMAL["shipment_request"]["items"][0] | {"width": 2000}
    payload = put(MINIMAL["shipment_request"], "/items", [item] * 1000)
    assert len(faults("shipment_request", payload)) == MAX_ERRORS


@given(st.sampled_from(TYPES), st.dictionaries(text, json_values))
def test_it_never_raises_on_any_json_object(message_type: str, payload: dict[str, Any]) -> None:
    assert isinstance(faults(message_type, payload), list)


@given(st.sampled_from(TYPES), st.sampled_from([MINIMAL, FULL]), st.data())
def test_it_never_raises_on_a_valid_payload_with_one_change(
    message_type: str, examples: dict[str, dict[str, Any]], data: st.DataObject
) -> None:
    spot = data.draw(st.sampled_from(spots(examples[message_type])))
    changed = put(examples[message_type], spot, data.draw(json_values))
    assert all(path == "" or path.startswith("/") for path, _ in faults(message_type, changed))
