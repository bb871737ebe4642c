"""`shipment_request`: what to move, from where to where (a TMS or a dispatcher to the hub; KITT's X12 204)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    END,
    Celsius,
    Dimensions,
    Id,
    ItemId,
    Kilograms,
    Money,
    Name,
    PositiveKilograms,
    Quantity,
    Rotation,
    StopSequence,
    Text64,
    Text120,
    Text200,
    Text1000,
    Time,
    Window,
    window_errors,
)
from realtime.protocol.payloads.consistency import entries, in_order, unique
from realtime.protocol.payloads.identifiers import (
    ContainerNumber,
    Gtin,
    Sscc,
    check_digit_errors,
    gs1_fits,
    iso6346_fits,
)
from realtime.protocol.payloads.location import Location, location_errors

CM_PER_UNIT = {"cm": 1, "mm": 0.1, "m": 100, "in": 2.54}
KG_PER_UNIT = {"kg": 1, "g": 0.001, "lb": 0.45359237}
LONGEST_CM = 1650
"""Just above the 53 ft (1615 cm) of the longest common trailer."""
HEAVIEST_KG = 36_300
"""80,000 lb, the US federal limit of a whole truck."""
FREIGHT_CLASSES = (50, 55, 60, 65, 70, 77.5, 85, 92.5, 100, 110, 125, 150, 175, 200, 250, 300, 400, 500)
"""NMFC freight classes (NMFTA)."""
UPRIGHT_ROTATIONS = {0, 3}
"""The rotation codes that leave the height vertical."""

Size = Annotated[float, Meta(gt=0, description="cm, or the unit that `units.length` names; at most 1650 cm")]
Weight = Annotated[float, Meta(gt=0, description="kg a piece, or the unit that `units.mass` names; at most 36300 kg")]
ShockLimit = Annotated[float, Meta(ge=0.5, le=200, description="g, the acceleration of gravity")]
UnNumber = Annotated[str, Meta(pattern="^UN[0-9]{4}" + END, description="UN and 4 digits")]
HazardClass = Annotated[str, Meta(min_length=1, max_length=10)]
Scac = Annotated[str, Meta(pattern="^[A-Za-z]{2,4}" + END, description="2 to 4 letters")]
IsoType = Annotated[str, Meta(pattern="^[0-9A-Z]{4}" + END, description="4 of 0-9 A-Z, ISO 6346 size and type")]
FreightClass = Annotated[float, Meta(description="one of the 18 NMFC classes, 50 to 500")]
Packaging = Literal["pallet", "carton", "crate", "drum", "bag", "roll", "loose", "other"]
Priority = Literal["low", "normal", "high", "urgent", "critical"]
Mode = Literal["TL", "LTL", "PARCEL", "DRAY", "OCEAN", "AIR", "RAIL"]
ReferenceType = Literal["bol", "pro", "po", "order", "customer", "pickup", "appointment", "other"]


class Hazmat(msgspec.Struct, kw_only=True):
    """Dangerous goods (X12 LH1): UN number, class and packing group."""

    un_number: UnNumber | UnsetType = UNSET
    hazard_class: HazardClass | UnsetType = msgspec.field(name="class", default=UNSET)
    packing_group: Literal["I", "II", "III"] | UnsetType = UNSET


class Temperature(msgspec.Struct, kw_only=True):
    """The span in which the goods must be kept, degrees Celsius."""

    min_c: Celsius | UnsetType = UNSET
    max_c: Celsius | UnsetType = UNSET


class Item(msgspec.Struct, kw_only=True):
    """One line of freight: the size and weight of one piece (cm and kg, unless `units` says otherwise)."""

    width: Size
    height: Size
    depth: Size
    weight: Weight
    quantity: Quantity | UnsetType = UNSET
    item_id: ItemId | UnsetType = UNSET
    sku: Text64 | UnsetType = UNSET
    description: Text200 | UnsetType = UNSET
    packaging: Packaging | UnsetType = UNSET
    packaging_code: Name | UnsetType = UNSET
    stackable: bool | UnsetType = UNSET
    max_load_top_kg: Kilograms | UnsetType = UNSET
    orientations: Annotated[list[Rotation], Meta(min_length=1)] | UnsetType = UNSET
    this_side_up: bool | UnsetType = UNSET
    fragile: bool | UnsetType = UNSET
    shock_limit_g: ShockLimit | UnsetType = UNSET
    hazmat: Hazmat | UnsetType = UNSET
    temperature: Temperature | UnsetType = UNSET
    freight_class: FreightClass | UnsetType = UNSET
    value: Money | UnsetType = UNSET
    gtin: Gtin | UnsetType = UNSET
    sscc: Sscc | UnsetType = UNSET
    stop_sequence: StopSequence | UnsetType = UNSET

    def contradictions(self, path: str) -> Iterator[FieldError]:
        """What is wrong within this line; sizes and weights are the request's business, for they need its units."""
        yield from check_digit_errors(self.gtin, f"{path}/gtin", gs1_fits)
        yield from check_digit_errors(self.sscc, f"{path}/sscc", gs1_fits)
        if self.temperature is not UNSET:
            span = self.temperature
            yield from in_order(f"{path}/temperature", min_c=span.min_c, max_c=span.max_c)
        if self.freight_class is not UNSET and self.freight_class not in FREIGHT_CLASSES:
            classes = ", ".join(map(str, FREIGHT_CLASSES))
            yield FieldError(f"{path}/freight_class", "not_in_enum", f"must be one of {classes}")
        if self.this_side_up is True and set(entries(self.orientations)) - UPRIGHT_ROTATIONS:
            yield FieldError(f"{path}/orientations", "inconsistent", "may only hold 0 and 3 where this_side_up is true")


class Units(msgspec.Struct, kw_only=True):
    """The units of the items' width, height, depth and weight, where they are not cm and kg."""

    length: Literal["cm", "mm", "m", "in"] = "cm"
    mass: Literal["kg", "g", "lb"] = "kg"


class Stop(msgspec.Struct, kw_only=True):
    """A stop on the way (X12 S5)."""

    sequence: StopSequence | UnsetType = UNSET
    type: Literal["pickup", "delivery"] | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    window: Window | UnsetType = UNSET


class Equipment(msgspec.Struct, kw_only=True):
    """What to load: inner size in cm, heaviest load in kg, container number (ISO 6346)."""

    type: Name | UnsetType = UNSET
    inner: Dimensions | UnsetType = UNSET
    max_weight: PositiveKilograms | UnsetType = UNSET
    container_number: ContainerNumber | UnsetType = UNSET
    iso_type: IsoType | UnsetType = UNSET


class Carrier(msgspec.Struct, kw_only=True):
    """A carrier by its SCAC (NMFTA)."""

    scac: Scac | UnsetType = UNSET


class Reference(msgspec.Struct, kw_only=True):
    """Somebody else's number of this shipment (X12 L11)."""

    value: Name
    type: ReferenceType | UnsetType = UNSET


class ShipmentRequest(Payload, kw_only=True):
    """A request to move freight (KITT's X12 204). Sizes are cm and weights kg, unless `units` says otherwise."""

    shipment_id: Id
    origin: Location
    destination: Location
    items: Annotated[list[Item], Meta(min_length=1, max_length=1000)]
    priority: Priority | UnsetType = UNSET
    units: Units | UnsetType = UNSET
    pickup_window: Window | UnsetType = UNSET
    delivery_window: Window | UnsetType = UNSET
    stops: Annotated[list[Stop], Meta(min_length=2, max_length=50)] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    service_level: Name | UnsetType = UNSET
    equipment: Equipment | UnsetType = UNSET
    carrier: Carrier | UnsetType = UNSET
    respond_by: Time | UnsetType = UNSET
    customer: Text120 | UnsetType = UNSET
    references: Annotated[list[Reference], Meta(max_length=50)] | UnsetType = UNSET
    instructions: Text1000 | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        yield from location_errors(self.origin, "/origin")
        yield from location_errors(self.destination, "/destination")
        yield from self._item_errors()
        yield from self._window_errors()
        for index, stop in enumerate(entries(self.stops)):
            yield from location_errors(stop.location, f"/stops/{index}/location")
            yield from window_errors(stop.window, f"/stops/{index}/window")
        if self.equipment is not UNSET:
            number = self.equipment.container_number
            yield from check_digit_errors(number, "/equipment/container_number", iso6346_fits)

    def _item_errors(self) -> Iterator[FieldError]:
        units = Units() if self.units is UNSET else self.units
        longest = LONGEST_CM / CM_PER_UNIT[units.length]
        heaviest = HEAVIEST_KG / KG_PER_UNIT[units.mass]
        for index, item in enumerate(self.items):
            path = f"/items/{index}"
            yield from _too_much(f"{path}/width", item.width, longest, units.length)
            yield from _too_much(f"{path}/height", item.height, longest, units.length)
            yield from _too_much(f"{path}/depth", item.depth, longest, units.length)
            yield from _too_much(f"{path}/weight", item.weight, heaviest, units.mass)
            yield from item.contradictions(path)
        yield from unique("/items", "item_id", (item.item_id for item in self.items))

    def _window_errors(self) -> Iterator[FieldError]:
        pickup, delivery = self.pickup_window, self.delivery_window
        yield from window_errors(pickup, "/pickup_window")
        yield from window_errors(delivery, "/delivery_window")
        if pickup is UNSET or delivery is UNSET or pickup.start is UNSET or delivery.end is UNSET:
            return
        if delivery.end < pickup.start:
            yield FieldError("/delivery_window/end", "inconsistent", "must not be earlier than the start of the pickup")


def _too_much(path: str, value: float, most: float, unit: str) -> Iterator[FieldError]:
    if value > most:
        yield FieldError(path, "out_of_bounds", f"must be greater than 0 and at most {round(most, 3):.10g} {unit}")
