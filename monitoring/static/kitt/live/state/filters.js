/** Which shipments are shown, and in which order. Works on views: a shipment with what was judged of it. */

import { rank } from "./levels.js";
import { isAtRisk, isInTransit, isLate, lateness, levelOf, motionNow } from "./judgement.js";

/** What the table and the map show of a shipment at `now`. */
export function viewOf(shipment, alerts, now) {
  const level = levelOf(shipment, alerts.level, now);
  return {
    shipment,
    alerts: alerts.count,
    level,
    lateMs: lateness(shipment),
    isLate: isLate(shipment, now),
    motion: motionNow(shipment, now),
    ageMs: shipment.positionAt === null ? null : Math.max(0, now - shipment.positionAt),
  };
}

export const CHIPS = {
  all: { title: "All", holds: () => true },
  transit: { title: "In transit", holds: ({ shipment }) => isInTransit(shipment) },
  risk: { title: "At risk", holds: ({ shipment, level }) => isAtRisk(level, shipment) },
  late: { title: "Late", holds: ({ shipment, isLate: late }) => late && shipment.status !== "delivered" },
  delivered: { title: "Delivered", holds: ({ shipment }) => shipment.status === "delivered" },
};

const PRIORITIES = ["low", "normal", "high", "urgent", "critical"];

/** Each gives a number or a text; null sorts last. */
export const SORTS = {
  level: (view) => rank(view.level),
  id: ({ shipment }) => shipment.id,
  customer: ({ shipment }) => shipment.customer,
  lane: ({ shipment }) => shipment.origin && `${shipment.origin.name} ${shipment.destination.name}`,
  priority: ({ shipment }) => (shipment.priority ? PRIORITIES.indexOf(shipment.priority) : null),
  status: ({ shipment }) => shipment.status,
  vehicle: ({ shipment }) => shipment.vehicle,
  eta: (view) => view.lateMs,
  age: (view) => view.ageMs,
  motion: (view) => view.motion,
  alerts: (view) => view.alerts,
  fill: ({ shipment }) => shipment.fill,
  damage: ({ shipment }) => shipment.damage?.probability ?? null,
};

export function matches({ shipment }, text) {
  const { id, customer, origin, destination, vehicle, driver, status } = shipment;
  const all = [id, customer, origin?.name, destination?.name, vehicle, driver, status];
  return text.toLowerCase().split(/\s+/).every((word) => all.some((part) => part?.toLowerCase().includes(word)));
}

/** Sorted by `key`; where that is equal, by lateness and then by name. */
export function sorted(views, key, isDescending) {
  const value = SORTS[key];
  const way = isDescending ? -1 : 1;
  return views.sort(
    (one, other) =>
      compare(value(one), value(other), way) ||
      compare(one.lateMs, other.lateMs, -1) ||
      compare(one.shipment.id, other.shipment.id, 1),
  );
}

function compare(one, other, way) {
  if (one === other) return 0;
  if (one === null || one === undefined) return 1;
  if (other === null || other === undefined) return -1;
  return one < other ? -way : way;
}
