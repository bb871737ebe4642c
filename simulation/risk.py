"""How likely a load arrives damaged: a rule of thumb, and said to be one."""

from __future__ import annotations

from random import Random
from typing import Any

LEVELS = ((0.6, "critical"), (0.35, "high"), (0.15, "medium"), (0.05, "low"), (0.0, "info"))
"""The published cut-offs of docs/payloads.md."""
ADVICE = {
    "high_centre_of_gravity": ("lower_tier", "Load the heavy pieces on the floor."),
    "void_space": ("add_dunnage", "Fill the space between the rows."),
    "packaging": ("inspect", "Look at the fragile pieces before the doors close."),
    "rough_road": ("slow_down", "Take the rough stretches slowly."),
}


def damage_prediction(random: Random, shipment_id: str, trailer: dict[str, Any], fragile: list[str]) -> dict[str, Any]:
    """A payload. Each factor adds its share to the risk of an easy trip."""
    shares = {
        "high_centre_of_gravity": trailer["centre_of_gravity"]["y"] / trailer["inner"]["height"] * 0.3,
        "void_space": (1 - trailer["utilisation"]["floor"]) * 0.12,
        "packaging": 0.06 * len(fragile),
        "rough_road": random.random() * 0.18,
    }
    ordered = sorted(shares.items(), key=lambda share: -share[1])
    probability = round(min(sum(shares.values()), 0.95), 3)
    top = ordered[0][0]
    code, text = ADVICE[top]
    return {
        "shipment_id": shipment_id,
        "source": "simulated",
        "probability": probability,
        "probability_low": round(probability * 0.7, 3),
        "probability_high": round(min(probability * 1.3, 1.0), 3),
        "level": level_of(probability),
        "factors": [{"code": name, "contribution": round(share, 3)} for name, share in ordered],
        "items": item_risks(trailer, fragile, probability, top),
        "recommendations": [{"code": code, "text": text}],
        "model": {"name": "simulation", "version": "1", "basis": "rule", "calibrated": False},
    }


def item_risks(trailer: dict[str, Any], fragile: list[str], probability: float, top: str) -> list[dict[str, Any]]:
    names = dict.fromkeys(placement["item_id"] for placement in trailer["placements"])
    return [
        {
            "item_id": name,
            "probability": round(min(probability * (1.4 if name in fragile else 0.6), 1.0), 3),
            "top_factor": "packaging" if name in fragile else top,
        }
        for name in names
    ]


def level_of(probability: float) -> str:
    return next(level for least, level in LEVELS if probability >= least)
