"""What a damage_prediction must hold and what is refused."""

import pytest

from realtime.protocol.payloads.damage_prediction import LEVEL_FROM_PROBABILITY
from tests.realtime.protocol.payloads.changes import faults, put
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

TYPE = "damage_prediction"
REQUIRED = ["/shipment_id", "/probability", "/factors/0/code", "/expected_loss/amount", "/expected_loss/currency"]
FACTOR = {"code": "tilt"}
ACCEPTED = [
    ("/probability_low", 0),
    ("/probability_high", 1),
    ("/probability", 0.29),
    ("/probability", 0.47),
    ("/items", []),
    ("/items", [{"item_id": "A"}] * 1000),
    ("/items/0/probability", 0),
    ("/items/0/probability", 1),
    ("/factors", [FACTOR]),
    ("/factors", [FACTOR] * 20),
    ("/factors/0/contribution", 1),
    ("/factors/0/contribution", -1),
    ("/factors/1/contribution", -0.42),
    ("/factors/0/detail", "x" * 500),
    ("/sensors", []),
    ("/sensors", [{}] * 200),
    ("/sensors/0/uom", "P1"),
    ("/sensors/0/value", -40.5),
    ("/expected_loss/amount", 0),
]
REFUSED = [
    ("/shipment_id", "", "bad_format"),
    ("/prediction_id", "", "bad_format"),
    ("/packing_id", "", "bad_format"),
    ("/probability", -0.1, "out_of_bounds"),
    ("/probability", 1.1, "out_of_bounds"),
    ("/probability", "0.5", "wrong_type"),
    ("/probability_low", -0.1, "out_of_bounds"),
    ("/probability_high", 1.1, "out_of_bounds"),
    ("/probability_high", 0.37, "inconsistent"),
    ("/probability", 0.28, "inconsistent"),
    ("/horizon/end", "2026-03-02T13:59:59Z", "inconsistent"),
    ("/items", [{}] * 1001, "out_of_bounds"),
    ("/items/0/probability", 1.1, "out_of_bounds"),
    ("/items/0/probability", -0.1, "out_of_bounds"),
    ("/items/0/item_id", "x" * 65, "out_of_bounds"),
    ("/factors", [], "out_of_bounds"),
    ("/factors", [FACTOR] * 21, "out_of_bounds"),
    ("/factors/0/contribution", 1.1, "out_of_bounds"),
    ("/factors/2/contribution", -1.1, "out_of_bounds"),
    ("/factors/1/contribution", 0.43, "inconsistent"),
    ("/factors/2/contribution", -0.21, "inconsistent"),
    ("/sensors", [{}] * 201, "out_of_bounds"),
    ("/sensors/0/uom", "celsius", "bad_format"),
    ("/expected_loss/amount", -1, "out_of_bounds"),
    ("/expected_loss/currency", "US", "bad_format"),
    ("/model/calibrated", "no", "wrong_type"),
]
FACTORS = (
    "stacking_overload low_support void_space high_centre_of_gravity shock vibration tilt temperature humidity "
    "rough_road weather handling packaging"
)
ENUMS = {
    "/level": "info low medium high critical",
    "/items/0/top_factor": FACTORS,
    "/factors/0/code": FACTORS,
    "/sensors/0/type": "Acceleration Angle Temperature RelativeHumidity",
    "/recommendations/0/code": "restack add_dunnage lower_tier reroute slow_down inspect",
    "/model/basis": "rule ml",
}


@pytest.mark.parametrize("probability", [0, 1])
def test_a_certain_prediction_is_accepted(probability: int) -> None:
    assert faults(TYPE, put(MINIMAL[TYPE], "/probability", probability)) == []


def test_a_level_that_does_not_follow_the_cut_offs_is_accepted() -> None:
    assert faults(TYPE, put(FULL[TYPE], "/level", "info")) == []


def test_factors_without_a_contribution_may_stand_anywhere() -> None:
    factors = [{"code": "tilt", "contribution": 0.1}, {"code": "shock"}, {"code": "weather", "contribution": 0.1}]
    assert faults(TYPE, put(MINIMAL[TYPE], "/factors", factors)) == []


def test_the_cut_offs_of_the_levels_fall_from_critical_to_zero() -> None:
    cut_offs = list(LEVEL_FROM_PROBABILITY.values())
    assert cut_offs == sorted(cut_offs, reverse=True)
    assert cut_offs[-1] == 0
