"""Messages that say where they go and whom they are from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.errors import ProtocolError
from realtime.publishing.publication import read_publication

NOW = timezone.now()
ENVELOPE = {"type": "route_update", "payload": {"shipment_id": "SH-1"}}
ADDRESS = {"endpoint": "freight", "sender": "tms"}


def refusal(body: object) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        read_publication(body, NOW)
    return refused.value


def test_one_message_has_its_envelope_beside_its_address() -> None:
    (append,) = read_publication({**ADDRESS, **ENVELOPE, "id": "r-1"}, NOW)
    assert (append.endpoint, append.sender, append.message.id) == ("freight", "tms", "r-1")


def test_a_batch_keeps_its_order() -> None:
    body = {**ADDRESS, "messages": [{**ENVELOPE, "id": f"r-{n}"} for n in range(3)]}
    assert [append.message.id for append in read_publication(body, NOW)] == ["r-0", "r-1", "r-2"]


def test_the_body_is_left_as_it_is() -> None:
    body = {**ADDRESS, **ENVELOPE}
    read_publication(body, NOW)
    assert body == {**ADDRESS, **ENVELOPE}


def test_a_fault_in_a_payload_is_named_from_the_body_on() -> None:
    assert refusal({**ADDRESS, **ENVELOPE, "payload": {}}).paths == "/payload/shipment_id"


def test_a_fault_in_a_batch_is_named_with_its_place() -> None:
    found = refusal({**ADDRESS, "messages": [ENVELOPE, {**ENVELOPE, "id": 7}]})
    assert (found.code, found.paths) == ("invalid_envelope", "/messages/1/id")


def test_a_refusal_that_names_no_field_names_the_type() -> None:
    assert refusal({**ADDRESS, **ENVELOPE, "type": "teleport"}).paths == "/type"


def test_of_several_refusals_the_first_has_its_code() -> None:
    found = refusal({**ADDRESS, "messages": [{**ENVELOPE, "type": "teleport"}, {**ENVELOPE, "payload": {}}]})
    assert (found.code, found.paths) == ("unknown_type", "/messages/0/type /messages/1/payload/shipment_id")


def test_no_more_than_fifty_fields_are_named() -> None:
    assert len(refusal({**ADDRESS, "messages": [{}] * 100}).errors) == 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ADDRESS, *ENVELOPE, "id"]), inner),
)


@given(
    JSON | JSON.map(lambda part: {**ADDRESS, "messages": part}) | JSON.map(lambda part: {**ADDRESS, "payload": part})
)
def test_whatever_comes_is_accepted_or_refused(body: Any) -> None:
    with suppress(ProtocolError):
        assert read_publication(body, NOW)
