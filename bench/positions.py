"""The message that the benchmarks send: a position, about 250 bytes with its envelope."""

from __future__ import annotations

import uuid

import msgspec
from django.utils import timezone

from realtime.log.append import Append
from realtime.protocol.envelope import Message

PAYLOAD = {
    "shipment_id": "SH-001",
    "update_kind": "position",
    "position": {"lat": 41.8781, "lon": -87.6298, "speed_kph": 88.5, "heading_deg": 210},
}
ENCODED = msgspec.Raw(msgspec.json.encode(PAYLOAD))


def position() -> Append:
    now = timezone.now()
    message = Message(
        type="route_update",
        timestamp="2026-03-01T08:00:00Z",
        sent_at=now,
        payload=ENCODED,
        correlation_id="bench",
        id=str(uuid.uuid4()),
        id_is_senders=True,
        shipment_ids=("SH-001",),
    )
    return Append("freight", message, "bench")
