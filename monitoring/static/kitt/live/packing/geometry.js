/**
 * A container and what stands in it, as boxes in cm. No DOM.
 *
 * x is the width, y the height, z the depth; the origin is the floor, left, at the nose; z grows to the doors.
 */

import { number, numbers, object, objects, text } from "./values.js";

/** One container of a packing_result; `inner` is null where nothing says how large it is. */
export function loadOf(container) {
  const placements = objects(container.placements);
  const boxes = inLoadOrder(placements.map(boxOf).filter((box) => box !== null));
  const given = numbers(container.inner, ["width", "height", "depth"]);
  return {
    id: text(container.container_id),
    type: text(container.type),
    inner: isRoom(given) ? given : around(boxes),
    isInnerGiven: isRoom(given),
    boxes,
    placements: placements.length,
    utilisation: object(container.utilisation),
    weight: number(container.weight_kg),
    maxWeight: number(container.max_weight),
    centre: numbers(container.centre_of_gravity, ["x", "y", "z"]),
    axles: objects(container.axle_loads),
  };
}

/** Null where it is not said where the piece stands, or how large it is. */
function boxOf(placement) {
  const at = numbers(placement.position, ["x", "y", "z"]);
  const size = numbers(placement.size, ["w", "h", "d"]);
  if (at === null || size === null || Math.min(size.w, size.h, size.d) <= 0) return null;
  return {
    item: text(placement.item_id) ?? "unnamed item",
    piece: number(placement.piece),
    order: number(placement.load_order),
    ...at,
    ...size,
    onTop: number(placement.load_on_top_kg),
    support: number(placement.support_ratio),
    stop: number(placement.stop_sequence),
    weight: number(placement.weight_kg),
  };
}

/** As the sender listed them where it gave no order. */
function inLoadOrder(boxes) {
  return boxes.every((box) => box.order !== null) ? boxes.sort((one, other) => one.order - other.order) : boxes;
}

function isRoom(inner) {
  return inner !== null && Math.min(inner.width, inner.height, inner.depth) > 0;
}

function around(boxes) {
  if (boxes.length === 0) return null;
  const end = (start, length) => boxes.reduce((most, box) => Math.max(most, box[start] + box[length]), 1);
  return { width: end("x", "w"), height: end("y", "h"), depth: end("z", "d") };
}

/** The index of the first of the boxes that a ray meets; -1 for none. Slabs: where the ray is inside all three at once. */
export function firstHit(boxes, origin, direction) {
  let nearest = Infinity;
  let found = -1;
  boxes.forEach((box, index) => {
    const distance = distanceTo(box, origin, direction);
    if (distance < nearest) [nearest, found] = [distance, index];
  });
  return found;
}

function distanceTo(box, origin, direction) {
  let enters = 0;
  let leaves = Infinity;
  const lows = [box.x, box.y, box.z];
  const lengths = [box.w, box.h, box.d];
  for (let axis = 0; axis < 3; axis += 1) {
    const one = (lows[axis] - origin[axis]) / direction[axis];
    const other = (lows[axis] + lengths[axis] - origin[axis]) / direction[axis];
    enters = Math.max(enters, Math.min(one, other));
    leaves = Math.min(leaves, Math.max(one, other));
  }
  return enters <= leaves ? enters : Infinity;
}
