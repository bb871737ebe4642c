from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import Message, check_object, decode
from realtime.protocol.errors import ProtocolError
from realtime.protocol.nesting import MAX_DEPTH
from realtime.protocol.sizes import SizeLimits

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIMITS = SizeLimits(usual=64 * 1024, packing_result=1024 * 1024)
FREIGHT, PACKING = ENDPOINTS["freight"], ENDPOINTS["packing"]
FRAME: dict[str, Any] = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}


def accepted(frame: dict[str, Any] | str) -> Message:
    text = frame if isinstance(frame, str) else json.dumps(frame)
    return decode(text, FREIGHT, now=NOW, limits=LIMITS)


def refusal(frame: dict[str, Any] | str) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        accepted(frame)
    return refused.value


def test_what_the_sender_says_is_kept() -> None:
    given = {"timestamp": "2025-01-19T10:00:00.5+01:00", "correlation_id": "c-1", "id": "i-1"}
    message = accepted({**FRAME, **given})
    assert {name: getattr(message, name) for name in given} == given


def test_what_the_sender_leaves_out_is_filled_in() -> None:
    message = accepted(FRAME)
    assert message.timestamp == "2026-03-01T08:00:00.000Z"
    assert len(message.id) == len(message.correlation_id) == 36


def test_unknown_fields_of_a_payload_are_kept() -> None:
    payload = {"shipment_id": "SH-1", "own": {"a": [1, None, 2.5, "ü"]}}
    assert json.loads(bytes(accepted({**FRAME, "payload": payload}).payload)) == payload


@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_DEPTH + 1, 500, 5000])
def test_a_payload_may_be_nested_so_deep_that_every_reader_can_parse_it(levels: int) -> None:
    text = (
        f'{{"type":"route_update","payload":{{"shipment_id":"SH-1","own":{"[" * (levels - 1)}{"]" * (levels - 1)}}}}}'
    )
    if levels > MAX_DEPTH:
        assert refusal(text).code == "invalid_json"
    else:
        assert accepted(text)


def test_blanks_and_double_names_do_not_reach_subscribers() -> None:
    text = '{"type": "route_update", "payload": {"shipment_id": 5,  "shipment_id": "SH-1"}}'
    assert bytes(accepted(text).payload) == b'{"shipment_id":"SH-1"}'


@pytest.mark.parametrize("name", ["offset", "sender"])
def test_a_field_of_the_servers_is_refused_with_its_pointer(name: str) -> None:
    assert [(error.path, error.code) for error in refusal({**FRAME, name: 1}).errors] == [(f"/{name}", "not_allowed")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("type", 1, "wrong_type"),
        ("payload", [], "wrong_type"),
        ("timestamp", None, "wrong_type"),
        ("timestamp", "2025-01-19T10:00:00", "bad_format"),
        ("timestamp", "2025-01-19 10:00:00Z", "bad_format"),
        ("timestamp", "2025-01-19T10:00:00+0100", "bad_format"),
        ("timestamp", "2025-13-19T10:00:00Z", "bad_format"),
        ("correlation_id", "", "out_of_bounds"),
        ("correlation_id", "x" * 129, "out_of_bounds"),
        ("correlation_id", "a\nb", "bad_format"),
        ("correlation_id", "a\n", "bad_format"),
        ("id", "", "out_of_bounds"),
        ("id", "x" * 129, "out_of_bounds"),
        ("id", "a\x00", "bad_format"),
        ("id", 7, "wrong_type"),
    ],
)
def test_a_bad_field_is_named(name: str, value: object, code: str) -> None:
    refused = refusal({**FRAME, name: value})
    assert (refused.code, [(error.path, error.code) for error in refused.errors]) == (
        "invalid_envelope",
        [(f"/{name}", code)],
    )


def test_every_fault_of_an_envelope_is_named() -> None:
    paths = [error.path for error in refusal({"type": 1, "id": "", "offset": 3}).errors]
    assert sorted(paths) == ["/id", "/offset", "/payload", "/type"]


@pytest.mark.parametrize("length", [1, 128])
def test_a_correlation_id_may_have_1_to_128_characters(length: int) -> None:
    assert accepted({**FRAME, "correlation_id": "ü" * length}).correlation_id == "ü" * length


def test_a_refusal_carries_what_can_be_read_of_the_frame() -> None:
    refused = refusal({**FRAME, "payload": {}, "correlation_id": "c-1"})
    assert (refused.correlation_id, refused.rejected_type) == ("c-1", "route_update")


@pytest.mark.parametrize("value", ["", "x" * 129, "a\nb", 7, None, ["c-1"]])
def test_a_refusal_does_not_echo_what_is_no_correlation_id(value: object) -> None:
    assert refusal({**FRAME, "type": "teleport", "correlation_id": value}).correlation_id is None


def test_the_size_is_that_of_the_bytes() -> None:
    frame = {**FRAME, "pad": "ü" * 40_000}
    with pytest.raises(ProtocolError, match="too_large"):
        decode(json.dumps(frame, ensure_ascii=False), FREIGHT, now=NOW, limits=LIMITS)


@pytest.mark.parametrize(("size", "fits"), [(64 * 1024, True), (64 * 1024 + 1, False)])
def test_a_frame_may_have_exactly_the_limit(size: int, fits: bool) -> None:
    frame = json.dumps({**FRAME, "pad": ""})
    text = frame.replace('"pad": ""', '"pad": "' + "x" * (size - len(frame)) + '"')
    assert len(text) == size
    if fits:
        assert accepted(text).type == "route_update"
    else:
        assert refusal(text).code == "too_large"


def test_a_heartbeat_may_carry_anything() -> None:
    assert accepted({"type": "heartbeat", "payload": {"battery": 0.4}}).type == "heartbeat"


@pytest.mark.parametrize("number", [2**63, 2**70, -(2**70), 1e308])
def test_a_number_of_any_size_survives(number: float) -> None:
    payload = {"shipment_id": "SH-1", "n": number}
    assert json.loads(bytes(accepted({**FRAME, "payload": payload}).payload)) == payload


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
NAMES = st.sampled_from(["type", "payload", "timestamp", "correlation_id", "id", "offset", "items", "shipment_id"])


@given(st.text() | JSON.map(json.dumps) | st.dictionaries(NAMES, JSON).map(lambda part: json.dumps({**FRAME, **part})))
def test_whatever_comes_is_accepted_or_refused(text: str) -> None:
    with suppress(ProtocolError):
        assert decode(text, FREIGHT, now=NOW, limits=LIMITS).type in FREIGHT.types


# Envelopes that were parsed already


def test_a_parsed_envelope_is_accepted_as_its_text_is() -> None:
    frame = {**FRAME, "id": "i-1", "correlation_id": "c-1"}
    assert check_object(frame, FREIGHT, now=NOW, limits=LIMITS) == accepted(frame)


def test_a_parsed_envelope_has_the_size_of_its_shortest_text() -> None:
    frame = {**FRAME, "pad": ""}
    pad = LIMITS.usual - len(json.dumps(frame, separators=(",", ":")))
    check_object({**FRAME, "pad": "x" * pad}, FREIGHT, now=NOW, limits=LIMITS)
    with pytest.raises(ProtocolError, match="too_large"):
        check_object({**FRAME, "pad": "x" * (pad + 1)}, FREIGHT, now=NOW, limits=LIMITS)


def test_a_heartbeat_is_for_sockets_alone() -> None:
    with pytest.raises(ProtocolError, match="wrong_endpoint"):
        check_object({"type": "heartbeat", "payload": {}}, FREIGHT, now=NOW, limits=LIMITS)


def test_a_refusal_of_a_parsed_envelope_says_which_it_was() -> None:
    with pytest.raises(ProtocolError) as refused:
        check_object({**FRAME, "payload": {}, "correlation_id": "c-1"}, FREIGHT, now=NOW, limits=LIMITS)
    assert (refused.value.correlation_id, refused.value.rejected_type) == ("c-1", "route_update")
