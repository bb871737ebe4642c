"""One shipment of the carrier: what is asked for, how it is loaded, and every message about it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

from simulation.events import HOUR, MINUTE, Clock, Event, random_id
from simulation.hindrances import Hindrance
from simulation.loading import AXES, container, load, random_items, unpacked
from simulation.risk import damage_prediction
from simulation.roads import City, Route

CRUISE_KPH = 90.0
PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent", "critical")
CUSTOMERS = (
    "Great Lakes Paper",
    "Prairie Seed Co-op",
    "Harbor Tile",
    "Summit Furniture",
    "Valley Canning",
    "Ridge Tools",
)
STATUS_CODES = {"at_pickup": "X3", "in_transit": "X6", "at_delivery": "X1", "delivered": "D1", "delayed": "SD"}
"""X12 214, element 1650."""


class Shipment:
    """Builds its messages; `now` is always in simulated seconds."""

    def __init__(self, random: Random, clock: Clock, number: int, truck: int, route: Route) -> None:
        self.random, self.clock, self.route = random, clock, route
        self.id = f"SIM-{clock.start:%d%H%M}-{number:04}"
        self.vehicle, self.driver = f"TRUCK-{truck:03}", f"DRIVER-{truck:03}"
        self.correlation_id = random_id(random)
        self.items = random_items(random)
        self.customer = random.choice(CUSTOMERS)
        self.sequence = count(1)
        self.promised = 0.0
        self.open_notices: list[Event] = []

    @property
    def driving_s(self) -> float:
        return self.route.length_m / (CRUISE_KPH / 3.6)

    def request(self, now: float, already_driven: float) -> Event:
        """`already_driven` is the share of the way that lies behind when the story begins."""
        preparation = 0.0 if already_driven else 2 * HOUR
        driving = self.driving_s * (1 - already_driven)
        self.promised = now + preparation + driving * self.random.uniform(0.98, 1.2)
        window = {"start": self.clock.text(self.promised - HOUR), "end": self.clock.text(self.promised)}
        payload = {
            "shipment_id": self.id,
            "source": "simulated",
            "customer": self.customer,
            "origin": location(self.route.cities[0]),
            "destination": location(self.route.cities[-1]),
            "items": self.items,
            "priority": self.random.choice(PRIORITIES),
            "mode": "TL",
            "delivery_window": window,
        }
        return Event("freight", "shipment_request", payload, self.correlation_id)

    def packing(self, now: float) -> Iterator[Event]:
        """The load plan, and what it means for the freight."""
        placements, left = load(self.items)
        trailer = container(placements)
        packing_id = f"{self.id}-P1"
        result = {
            "packing_id": packing_id,
            "shipment_id": self.id,
            "source": "simulated",
            "status": "partial" if left else "complete",
            "axes": AXES,
            "containers": [trailer],
            "unpacked": unpacked(left),
            "algorithm": "simulated rows of stacks",
        }
        yield Event("packing", "packing_result", result, self.correlation_id)
        fragile = [item["item_id"] for item in self.items if item["fragile"]]
        prediction = damage_prediction(self.random, self.id, trailer, fragile)
        yield Event("packing", "damage_prediction", prediction | {"packing_id": packing_id}, self.correlation_id)
        if prediction["level"] in ("high", "critical"):
            title = f"{self.id}: {prediction['level']} risk of damage"
            yield self.notice("damage_risk", prediction["level"], title, prediction["recommendations"][0]["text"])

    def acknowledged(self, now: float) -> Iterator[Event]:
        """Most drivers read what they are told before they leave."""
        if self.random.random() < 0.6:
            told = {"state": "acknowledged", "acknowledged_at": self.clock.text(now), "acknowledged_by": self.driver}
            yield from (notice._replace(payload=notice.payload | told) for notice in self.open_notices)

    def update(self, now: float, kind: str, **fields: Any) -> Event:
        payload = {
            "shipment_id": self.id,
            "update_kind": kind,
            "source": "simulated",
            "sequence": next(self.sequence),
            "observed_at": self.clock.text(now),
            "vehicle_id": self.vehicle,
            "driver_id": self.driver,
            **fields,
        }
        return Event("freight", "route_update", payload, self.correlation_id)

    def status(self, now: float, status: str, **fields: Any) -> Event:
        code = {"status_code": STATUS_CODES[status]} if status in STATUS_CODES else {}
        return self.update(now, "status", status=status, **code, **fields)

    def departure(self, now: float, driven_m: float) -> Event:
        """The whole way as a line, and when it will be over."""
        route = {
            "distance_m": round(self.route.length_m),
            "duration_s": round(self.driving_s),
            "geometry": {"type": "LineString", "coordinates": self.route.line()},
            "lifecycle": "planned",
        }
        return self.update(now, "route", route=route, eta=self.eta(now, driven_m))

    def position(self, now: float, driven_m: float, speed_kph: float) -> Event:
        place = self.route.place(driven_m)
        position = {
            "lat": round(place.lat, 4),
            "lon": round(place.lon, 4),
            "speed_kph": round(speed_kph, 1),
            "heading_deg": self.route.heading(driven_m),
        }
        left_m = self.route.length_m - driven_m
        return self.update(
            now,
            "position",
            position=position,
            motion="moving" if speed_kph else "stopped",
            remaining_distance_m=round(left_m),
            eta=self.eta(now, driven_m),
        )

    def eta(self, now: float, driven_m: float) -> dict[str, Any]:
        arrival = self.arrival(now, driven_m)
        return {
            "estimated_at": self.clock.text(arrival),
            "on_time": arrival <= self.promised,
            "confidence": round(1 - 0.5 * (1 - driven_m / self.route.length_m), 2),
        }

    def arrival(self, now: float, driven_m: float) -> float:
        return now + (self.route.length_m - driven_m) / (CRUISE_KPH / 3.6)

    def lateness(self, now: float, driven_m: float) -> float:
        """Simulated seconds after the promise; negative when there is time left."""
        return self.arrival(now, driven_m) - self.promised

    def delay(self, now: float, driven_m: float, hindrance: Hindrance | None) -> Iterator[Event]:
        late = self.lateness(now, driven_m)
        level = "critical" if late > 2 * HOUR else "high" if late > HOUR else "medium"
        cause = {"type": hindrance.kind, "ref": hindrance.id} if hindrance else {"type": "other", "ref": "rest"}
        yield self.status(now, "delayed", cause=cause, eta=self.eta(now, driven_m))
        title = f"{self.id} will be {round(late / MINUTE)} driving minutes late: {cause['type']}"
        body = f"{self.route.cities[0].name} to {self.route.cities[-1].name} for {self.customer}."
        yield self.notice("delay", level, title, body)

    def delivered(self, now: float) -> Iterator[Event]:
        """And nobody needs to mind what was to be feared on the way."""
        yield self.status(now, "delivered")
        done = {"state": "resolved", "resolved_at": self.clock.text(now), "resolved_by": "simulation"}
        yield from (notice._replace(payload=notice.payload | done) for notice in self.open_notices)

    def notice(self, kind: str, level: str, title: str, body: str) -> Event:
        """A notification; open until the shipment is delivered."""
        payload = {
            "notification_id": f"{self.id}-{kind}",
            "dedupe_key": f"{self.id}-{kind}",
            "source": "simulated",
            "kind": kind,
            "level": level,
            "title": title[:120],
            "body": body,
            "shipment_ids": [self.id],
            "vehicle_id": self.vehicle,
            "state": "open",
            "requires_ack": level in ("high", "critical"),
        }
        notice = Event("notifications", "notification", payload, self.correlation_id)
        self.open_notices.append(notice)
        return notice


def location(city: City) -> dict[str, Any]:
    return {"name": city.name, "lat": city.place.lat, "lon": city.place.lon}
