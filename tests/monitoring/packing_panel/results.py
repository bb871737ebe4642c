"""Frames of the packing stream, as the panel gets them: simulated loads, and some that are made up."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

from simulation.loading import AXES, container, load, random_items, unpacked
from simulation.risk import damage_prediction

OFFSETS = count(1)


def stored(type: str, payload: dict[str, Any]) -> dict[str, Any]:
    offset = next(OFFSETS)
    return {
        "type": type,
        "payload": payload,
        "offset": offset,
        "sender": "engine",
        "timestamp": "2026-03-01T08:00:00Z",
        "correlation_id": f"c-{offset}",
    }


def simulated(shipment: str, seed: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """A result and the prediction for it."""
    random = Random(seed)
    items = random_items(random)
    placements, left = load(items)
    trailer = container(placements)
    result = {
        "packing_id": f"{shipment}-P1",
        "shipment_id": shipment,
        "source": "simulated",
        "status": "partial" if left else "complete",
        "axes": AXES,
        "containers": [trailer],
        "unpacked": unpacked(left),
    }
    fragile = [item["item_id"] for item in items if item["fragile"]]
    risk = damage_prediction(random, shipment, trailer, fragile) | {"packing_id": f"{shipment}-P1"}
    return stored("packing_result", result), stored("damage_prediction", risk)


def cubes(number: int, *, shipment: str = "SH-CUBES", **fields: Any) -> dict[str, Any]:
    """So many cubes of 40 cm, each loaded after the one before, every fifth of another item."""
    placements = [
        {
            "item_id": f"item-{index % 5}",
            "piece": index // 5 + 1,
            "load_order": index + 1,
            "position": {"x": index % 6 * 40, "y": index // 6 % 6 * 40, "z": index // 36 * 40},
            "size": {"w": 40, "h": 40, "d": 40},
        }
        for index in range(number)
    ]
    inner = {"width": 250, "height": 270, "depth": max(1600, (number // 36 + 1) * 40)}
    containers = [{"container_id": "trailer-1", "inner": inner, "placements": placements}]
    return stored("packing_result", {"shipment_id": shipment, "containers": containers, **fields})
