"""Events pass through the SDK of the CloudEvents project, in both directions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from realtime.protocol import frames
from realtime.protocol.cloudevents.reading import decode_event
from realtime.protocol.cloudevents.writing import encode_event
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import Message
from realtime.protocol.sizes import SizeLimits
from tests.events import EVENT

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIMITS = SizeLimits(usual=64 * 1024, packing_result=1024 * 1024)


def read(text: str) -> CloudEvent:
    event = JSONFormat().read(CloudEvent, text)
    assert isinstance(event, CloudEvent)
    return event


def accepted(text: str) -> Message:
    return decode_event(text, ENDPOINTS["freight"], now=NOW, limits=LIMITS)


def test_a_message_is_read() -> None:
    event = read(encode_event(frames.stored_message(accepted(json.dumps(EVENT)), offset=7, sender="tms"), "freight"))
    assert (event.get_id(), event.get_source(), event.get_type()) == ("e-1", "/ws/freight/tms", EVENT["type"])
    assert (event.get_time(), event.get_subject(), event.get_data()) == (NOW, "SH-1", EVENT["data"])
    assert event.get_extension("sequence") == "0000000000000000007"


def test_what_the_server_says_is_read() -> None:
    for text in (frames.ping(now=NOW), frames.disconnect(4200, spread=0.5, now=NOW)):
        event = read(encode_event(text, "freight"))
        assert event.get_type().startswith("kitt.v1.system.")
        assert event.get_data() == json.loads(text)["payload"]


def test_what_it_writes_is_accepted() -> None:
    event = CloudEvent({name: value for name, value in EVENT.items() if name != "data"}, EVENT["data"])
    message = accepted(JSONFormat().write(event).decode())
    assert (message.type, message.id, json.loads(bytes(message.payload))) == ("route_update", "e-1", EVENT["data"])
    assert message.sent_at == event.get_time()
