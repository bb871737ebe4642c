"""The tables of all types, row by row: each type's test module says what is required, accepted, refused and an enum."""

from __future__ import annotations

import pytest

from tests.realtime.protocol.payloads import (
    test_damage_prediction,
    test_error,
    test_notification,
    test_packing_result,
    test_route_update,
    test_shipment_request,
    test_traffic_update,
    test_weather_alert,
)
from tests.realtime.protocol.payloads.changes import drop, faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TABLES = (
    test_damage_prediction,
    test_error,
    test_notification,
    test_packing_result,
    test_route_update,
    test_shipment_request,
    test_traffic_update,
    test_weather_alert,
)

REQUIRED = [(table.TYPE, pointer) for table in TABLES for pointer in table.REQUIRED]
ACCEPTED = [(table.TYPE, *row) for table in TABLES for row in table.ACCEPTED]
REFUSED = [(table.TYPE, *row) for table in TABLES for row in table.REFUSED]
ENUMS = [(table.TYPE, pointer, values.split()) for table in TABLES for pointer, values in table.ENUMS.items()]


@pytest.mark.parametrize("message_type", FULL)
def test_the_minimal_and_the_full_example_are_accepted(message_type: str) -> None:
    assert faults(message_type, MINIMAL[message_type]) == []
    assert faults(message_type, FULL[message_type]) == []


@pytest.mark.parametrize(("message_type", "pointer"), REQUIRED)
def test_a_required_field_that_is_not_there_is_named(message_type: str, pointer: str) -> None:
    assert faults(message_type, drop(FULL[message_type], pointer)) == [(pointer, "missing")]


@pytest.mark.parametrize(("message_type", "pointer", "value"), ACCEPTED)
def test_a_value_on_its_bound_is_accepted(message_type: str, pointer: str, value: object) -> None:
    assert faults(message_type, put(FULL[message_type], pointer, value)) == []


@pytest.mark.parametrize(("message_type", "pointer", "value", "code"), REFUSED)
def test_a_value_beyond_its_bound_is_refused_with_its_pointer(
    message_type: str, pointer: str, value: object, code: str
) -> None:
    assert faults(message_type, put(FULL[message_type], pointer, value)) == [(pointer, code)]


@pytest.mark.parametrize(("message_type", "pointer", "value"), [(*row[:2], value) for row in ENUMS for value in row[2]])
def test_every_value_of_an_enum_is_accepted(message_type: str, pointer: str, value: str) -> None:
    assert faults(message_type, put(FULL[message_type], pointer, value)) == []


@pytest.mark.parametrize(("message_type", "pointer"), [row[:2] for row in ENUMS])
def test_a_value_that_an_enum_does_not_hold_is_refused(message_type: str, pointer: str) -> None:
    assert faults(message_type, put(FULL[message_type], pointer, "something-else")) == [(pointer, "not_in_enum")]
