/** Shipments on the map: arrows one by one, circles with a number where there are too many. */

import { project } from "./projection.js";

export const CLUSTER_ABOVE = 150;
const CELL_PX = 52;
const REACH_PX = 16;
const EDGE_PX = 30;

/** What is in view, as {x, y, views}: one view each, or several in a cluster. The selected one is never in a cluster. */
export function place(views, viewport, selectedId) {
  const seen = [];
  for (const view of views) {
    const { position } = view.shipment;
    if (!position) continue;
    const [x, y] = viewport.toScreen(project(position.lon, position.lat));
    if (x < -EDGE_PX || y < -EDGE_PX || x > viewport.width + EDGE_PX || y > viewport.height + EDGE_PX) continue;
    seen.push({ x, y, views: [view] });
  }
  return seen.length > CLUSTER_ABOVE ? clustered(seen, viewport, selectedId) : seen;
}

/** By squares that are fixed to the world, so that a cluster stays where it is while the map is moved. */
function clustered(markers, viewport, selectedId) {
  const [originX, originY] = viewport.toScreen([0, 0]);
  const cells = new Map();
  const alone = [];
  for (const marker of markers) {
    if (marker.views[0].shipment.id === selectedId) {
      alone.push(marker);
      continue;
    }
    const key = `${Math.floor((marker.x - originX) / CELL_PX)} ${Math.floor((marker.y - originY) / CELL_PX)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(marker);
  }
  const merged = [...cells.values()].map((cell) => ({
    x: mean(cell, "x"),
    y: mean(cell, "y"),
    views: cell.flatMap((marker) => marker.views),
  }));
  return [...merged, ...alone];
}

const mean = (cell, axis) => cell.reduce((sum, marker) => sum + marker[axis], 0) / cell.length;

/** The marker nearest to a point, within a finger's reach; else null. */
export function nearest(markers, x, y) {
  let best = null;
  let least = REACH_PX;
  for (const marker of markers) {
    const distance = Math.hypot(marker.x - x, marker.y - y) - (marker.views.length > 1 ? radius(marker) : 0);
    if (distance <= least) [best, least] = [marker, distance];
  }
  return best;
}

export const radius = ({ views }) => 11 + 2 * Math.log2(views.length);

/** moving, stopped, late or offline: what its colour says. */
export function look(view) {
  if (view.motion === "offline" || view.motion === null) return "offline";
  if (view.isLate && view.shipment.status !== "delivered") return "late";
  return view.motion === "moving" ? "moving" : "stopped";
}
