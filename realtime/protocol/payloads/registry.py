"""Which payload belongs to which message type. `heartbeat` has none of its own."""

from __future__ import annotations

from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.damage_prediction import DamagePrediction
from realtime.protocol.payloads.error import ErrorReport
from realtime.protocol.payloads.notification import Notification
from realtime.protocol.payloads.packing_result import PackingResult
from realtime.protocol.payloads.route_update import RouteUpdate
from realtime.protocol.payloads.shipment_request import ShipmentRequest
from realtime.protocol.payloads.traffic_update import TrafficUpdate
from realtime.protocol.payloads.weather_alert import WeatherAlert

PAYLOADS: dict[str, type[Payload]] = {
    "shipment_request": ShipmentRequest,
    "route_update": RouteUpdate,
    "packing_result": PackingResult,
    "damage_prediction": DamagePrediction,
    "notification": Notification,
    "weather_alert": WeatherAlert,
    "traffic_update": TrafficUpdate,
    "error": ErrorReport,
}
