"""A trailer loaded in stacks, row by row from the nose: simple, and geometrically right."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

TRAILER = {"width": 250.0, "height": 270.0, "depth": 1600.0}
"""Inside a dry van of 53 ft, cm."""
MAX_WEIGHT_KG = 20_000.0
KINGPIN_CM, TANDEM_CM = 90.0, 1300.0
"""Where a trailer rests on the tractor and on its own axles, from the nose."""
TANDEM_LIMIT_KG = 15_422.0
"""34,000 lb: the limit of a tandem axle on US Interstates (23 U.S.C. 127)."""
AXES = "x=width,y=height,z=depth; origin=floor, left, nose; z grows to the doors"

FOOTPRINTS_CM = ((102.0, 122.0), (80.0, 120.0), (60.0, 80.0), (114.0, 114.0))
GOODS = ("machine parts", "canned food", "paper rolls", "bottled water", "tiles", "furniture", "seed", "electronics")


class Piece(NamedTuple):
    """One piece of an item, cm and kg."""

    item_id: str
    number: int
    width: float
    height: float
    depth: float
    weight: float
    stackable: bool


@dataclass
class Row:
    """Stacks side by side; the row is as deep as the deepest of them."""

    z: float = 0.0
    x: float = 0.0
    depth: float = 0.0


def random_items(random: Random) -> list[dict[str, Any]]:
    """Items as a shipment_request has them."""
    items = []
    for number in range(1, random.randint(2, 5)):
        width, depth = random.choice(FOOTPRINTS_CM)
        fragile = random.random() < 0.2
        items.append(
            {
                "item_id": f"item-{number}",
                "description": random.choice(GOODS),
                "width": width,
                "height": float(random.randrange(60, 180, 5)),
                "depth": depth,
                "weight": float(random.randrange(60, 640, 10)),
                "quantity": random.randint(3, 18),
                "packaging": "pallet",
                "fragile": fragile,
                "stackable": not fragile,
            }
        )
    return items


def pieces_of(items: list[dict[str, Any]]) -> list[Piece]:
    return [
        Piece(
            item["item_id"],
            number,
            item["width"],
            item["height"],
            item["depth"],
            item["weight"],
            item["stackable"],
        )
        for item in sorted(items, key=lambda item: -float(item["weight"]))
        for number in range(1, item["quantity"] + 1)
    ]


def stacks_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces of the same item on each other, as high as the trailer is."""
    stacks: list[list[Piece]] = []
    for piece in pieces:
        below = stacks[-1] if stacks else []
        fits = below and piece.stackable and below[0].item_id == piece.item_id
        if fits and (len(below) + 1) * piece.height <= TRAILER["height"]:
            below.append(piece)
        else:
            stacks.append([piece])
    return stacks


def load(items: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Piece]]:
    """Placements in their load order, and the pieces that stay behind."""
    placements: list[dict[str, Any]] = []
    left: list[Piece] = []
    row, weight = Row(), 0.0
    for stack in stacks_of(pieces_of(items)):
        bottom, kilograms = stack[0], sum(piece.weight for piece in stack)
        if row.x + bottom.width > TRAILER["width"]:
            row = Row(row.z + row.depth)
        if row.z + bottom.depth > TRAILER["depth"] or weight + kilograms > MAX_WEIGHT_KG:
            left.extend(stack)
            continue
        placements.extend(placed(piece, row, level) for level, piece in enumerate(stack))
        row.x, row.depth, weight = row.x + bottom.width, max(row.depth, bottom.depth), weight + kilograms
    for order, placement in enumerate(placements, start=1):
        placement["load_order"] = order
    return placements, left


def placed(piece: Piece, row: Row, level: int) -> dict[str, Any]:
    return {
        "item_id": piece.item_id,
        "piece": piece.number,
        "position": {"x": row.x, "y": level * piece.height, "z": row.z},
        "size": {"w": piece.width, "h": piece.height, "d": piece.depth},
        "rotation": 0,
        "support_ratio": 1.0,
        "weight_kg": piece.weight,
    }


def unpacked(left: list[Piece]) -> list[dict[str, Any]]:
    quantities: dict[str, int] = {}
    for piece in left:
        quantities[piece.item_id] = quantities.get(piece.item_id, 0) + 1
    return [{"item_id": name, "quantity": count, "reason": "no_space"} for name, count in quantities.items()]


def container(placements: list[dict[str, Any]]) -> dict[str, Any]:
    """The trailer as a packing_result has it."""
    weight = sum(placement["weight_kg"] for placement in placements)
    centre = centre_of_gravity(placements, weight)
    on_tandem = weight * (centre["z"] - KINGPIN_CM) / (TANDEM_CM - KINGPIN_CM)
    volume = sum(size["w"] * size["h"] * size["d"] for size in (each["size"] for each in placements))
    floor = sum(each["size"]["w"] * each["size"]["d"] for each in placements if each["position"]["y"] == 0)
    return {
        "container_id": "trailer-1",
        "type": "dry_van_53ft",
        "inner": TRAILER,
        "max_weight": MAX_WEIGHT_KG,
        "weight_kg": weight,
        "placements": placements,
        "centre_of_gravity": centre,
        "utilisation": {
            "volume": round(volume / (TRAILER["width"] * TRAILER["height"] * TRAILER["depth"]), 4),
            "weight": round(weight / MAX_WEIGHT_KG, 4),
            "floor": round(floor / (TRAILER["width"] * TRAILER["depth"]), 4),
        },
        "axle_loads": [{"name": "tandem", "kg": round(max(on_tandem, 0.0), 1), "limit_kg": TANDEM_LIMIT_KG}],
    }


def centre_of_gravity(placements: list[dict[str, Any]], weight: float) -> dict[str, float]:
    return {
        axis: round(
            sum(each["weight_kg"] * (each["position"][axis] + each["size"][side] / 2) for each in placements) / weight,
            1,
        )
        for axis, side in (("x", "w"), ("y", "h"), ("z", "d"))
    }
