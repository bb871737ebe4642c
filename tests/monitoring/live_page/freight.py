"""Messages that the tests of the page publish."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.clients import connect
from tests.monitoring.packing_panel.results import cubes
from tests.servers import Server

Frame = dict[str, Any]


def new_id() -> str:
    return f"T-{uuid.uuid4().hex[:8]}"


def soon(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def request(shipment_id: str, **payload: Any) -> Frame:
    items = [{"width": 50, "height": 40, "depth": 30, "weight": 25}]
    usual = {"shipment_id": shipment_id, "origin": "Chicago", "destination": "Dallas", "items": items}
    return {"type": "shipment_request", "payload": {**usual, **payload}}


def update(shipment_id: str, **payload: Any) -> Frame:
    return {"type": "route_update", "payload": {"shipment_id": shipment_id, **payload}}


def notification(title: str, **payload: Any) -> Frame:
    usual = {"title": title, "notification_id": new_id(), "level": "high", "state": "open"}
    return {"type": "notification", "payload": {**usual, **payload}}


def packed(shipment: str, number: int = 12, **fields: Any) -> Frame:
    """A packing_result as an engine publishes it."""
    message = cubes(number, shipment=shipment, **fields)
    return {"type": message["type"], "payload": message["payload"]}


def predicted(shipment: str, **fields: Any) -> Frame:
    return {"type": "damage_prediction", "payload": {"shipment_id": shipment, "probability": 0.5, **fields}}


async def publish(server: Server, *frames: Frame, endpoint: str = "freight") -> list[int]:
    """By another client, in this order. Returns the offsets."""
    async with connect(server.ws_url, endpoint, client_id="tms") as tms:
        return [(await tms.ask(frame))["offset"] for frame in frames]
