"""Messages for the log's tests."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.utils import timezone

from realtime.log.append import Append, Outcome, Stored
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import decode
from realtime.protocol.errors import ProtocolError
from realtime.protocol.sizes import SizeLimits

LIMITS = SizeLimits(64 * 1024, 1024 * 1024)


def message(
    number: object = 0, *, id: str | None = None, sender: str = "tms", endpoint: str = "freight", **fields: Any
) -> Append:
    """A route update of shipment SH-<number>; other endpoints get a notification."""
    if endpoint == "freight":
        frame: dict[str, Any] = {"type": "route_update", "payload": {"shipment_id": f"SH-{number}"}}
    else:
        frame = {"type": "notification", "payload": {"title": f"{number}"}}
    text = json.dumps({**frame, "id": id or str(uuid.uuid4()), **fields})
    return Append(endpoint, decode(text, ENDPOINTS[endpoint], now=timezone.now(), limits=LIMITS), sender)


def stored(outcome: Outcome) -> list[Stored]:
    assert isinstance(outcome, list), outcome
    return outcome


def refused(outcome: Outcome) -> ProtocolError:
    assert isinstance(outcome, ProtocolError)
    return outcome


def offsets(outcomes: list[Outcome]) -> list[int]:
    return [each.offset for outcome in outcomes for each in stored(outcome)]
