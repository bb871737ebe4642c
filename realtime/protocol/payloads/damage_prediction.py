"""`damage_prediction`: how likely freight arrives damaged, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from realtime.protocol.errors import FieldError
from realtime.protocol.payloads.base import Payload
from realtime.protocol.payloads.common import (
    END,
    Id,
    ItemId,
    Key,
    Level,
    Money,
    Name,
    Text500,
    Time,
    Window,
    window_errors,
)
from realtime.protocol.payloads.consistency import entries, in_order

LEVEL_FROM_PROBABILITY: dict[Level, float] = {
    "critical": 0.6,
    "high": 0.35,
    "medium": 0.15,
    "low": 0.05,
    "info": 0.0,
}
"""The smallest probability of each level: what a sender that gives a level is asked to use. Not enforced."""

Probability = Annotated[float, Meta(ge=0, le=1, description="a probability from 0 to 1")]
Contribution = Annotated[float, Meta(ge=-1, le=1, description="-1 to 1; positive adds to the risk")]
UnitCode = Annotated[str, Meta(pattern="^[A-Z0-9]{2,3}" + END, description="2 or 3 of A-Z 0-9, UN/ECE Rec 20")]
FactorCode = Literal[
    "stacking_overload",
    "low_support",
    "void_space",
    "high_centre_of_gravity",
    "shock",
    "vibration",
    "tilt",
    "temperature",
    "humidity",
    "rough_road",
    "weather",
    "handling",
    "packaging",
]
SensorType = Literal["Acceleration", "Angle", "Temperature", "RelativeHumidity"]
Advice = Literal["restack", "add_dunnage", "lower_tier", "reroute", "slow_down", "inspect"]


class ItemRisk(msgspec.Struct, kw_only=True):
    """The risk of one item."""

    item_id: ItemId | UnsetType = UNSET
    probability: Probability | UnsetType = UNSET
    top_factor: FactorCode | UnsetType = UNSET


class Factor(msgspec.Struct, kw_only=True):
    """One reason behind the probability and its share of it, from -1 to 1."""

    code: FactorCode
    contribution: Contribution | UnsetType = UNSET
    detail: Text500 | UnsetType = UNSET


class Sensor(msgspec.Struct, kw_only=True):
    """A reading (EPCIS 2.0 sensor report); `uom` is a UN/ECE Rec 20 code such as CEL."""

    type: SensorType | UnsetType = UNSET
    value: float | UnsetType = UNSET
    uom: UnitCode | UnsetType = UNSET
    time: Time | UnsetType = UNSET
    device_id: Key | UnsetType = UNSET


class Recommendation(msgspec.Struct, kw_only=True):
    """What to do about it."""

    code: Advice | UnsetType = UNSET
    text: Text500 | UnsetType = UNSET
    item_ids: list[ItemId] | UnsetType = UNSET


class PredictionModel(msgspec.Struct, kw_only=True):
    """What made the number. `basis` keeps a rule of thumb apart from a trained model."""

    name: Name | UnsetType = UNSET
    version: Name | UnsetType = UNSET
    basis: Literal["rule", "ml"] | UnsetType = UNSET
    calibrated: bool | UnsetType = UNSET


class DamagePrediction(Payload, kw_only=True):
    """How likely a shipment arrives damaged (0 to 1), the reasons, and what to do."""

    shipment_id: Id
    probability: Probability
    prediction_id: Id | UnsetType = UNSET
    packing_id: Id | UnsetType = UNSET
    probability_low: Probability | UnsetType = UNSET
    probability_high: Probability | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    horizon: Window | UnsetType = UNSET
    items: Annotated[list[ItemRisk], Meta(max_length=1000)] | UnsetType = UNSET
    factors: Annotated[list[Factor], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    sensors: Annotated[list[Sensor], Meta(max_length=200)] | UnsetType = UNSET
    expected_loss: Money | UnsetType = UNSET
    recommendations: list[Recommendation] | UnsetType = UNSET
    model: PredictionModel | UnsetType = UNSET

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        yield from in_order(
            "",
            probability_low=self.probability_low,
            probability=self.probability,
            probability_high=self.probability_high,
        )
        yield from window_errors(self.horizon, "/horizon")
        yield from _unsorted(entries(self.factors))


def _unsorted(factors: list[Factor]) -> Iterator[FieldError]:
    sizes = [(index, abs(one.contribution)) for index, one in enumerate(factors) if one.contribution is not UNSET]
    for (_, before), (index, size) in pairwise(sizes):
        if size > before:
            message = "factors must be sorted by the size of their contribution, the largest first"
            yield FieldError(f"/factors/{index}/contribution", "inconsistent", message)
