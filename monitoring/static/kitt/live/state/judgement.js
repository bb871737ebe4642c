/** What a dispatcher wants to know of a shipment: is it late, does it move, how bad is it. `now` in ms since 1970. */

import { rank, worst } from "./levels.js";

const MINUTE_MS = 60_000;
export const OFFLINE_AFTER_MS = 15 * MINUTE_MS;
const MUCH_LATE_MS = 60 * MINUTE_MS;
const VERY_LATE_MS = 180 * MINUTE_MS;
const WALKING_KPH = 5;

const OVER = new Set(["delivered", "cancelled", "declined"]);
const BEFORE_PICKUP = new Set(["planned", "tendered", "accepted", "dispatched"]);

export const isOver = (shipment) => OVER.has(shipment.status);

/** In ms after the end of the delivery window; negative when early; null where plan or estimate is not known. */
export function lateness(shipment) {
  const arrival = shipment.status === "delivered" ? shipment.statusAt : shipment.etaAt;
  return arrival === null || shipment.planAt === null ? null : arrival - shipment.planAt;
}

export function isLate(shipment, now) {
  if (shipment.status === "cancelled" || shipment.status === "declined") return false;
  const late = lateness(shipment);
  if (late !== null) return late > 0;
  return shipment.onTime === false || (shipment.planAt !== null && !isOver(shipment) && shipment.planAt < now);
}

/** moving, idle, stopped or offline; null where nothing is known. */
export function motionNow(shipment, now) {
  if (shipment.positionAt === null) return null;
  if (!isOver(shipment) && now - shipment.positionAt > OFFLINE_AFTER_MS) return "offline";
  if (isOver(shipment)) return "stopped";
  const speed = shipment.position.speed_kph;
  return shipment.motion ?? (speed === undefined ? null : speed > WALKING_KPH ? "moving" : "stopped");
}

export const isInTransit = (shipment) =>
  !isOver(shipment) && (shipment.status === null ? shipment.position !== null : !BEFORE_PICKUP.has(shipment.status));

/** The worst of what is known of it. `alertLevel`: of its open alerts, or null. */
export function levelOf(shipment, alertLevel, now) {
  if (isOver(shipment)) return worst(alertLevel);
  return worst(
    alertLevel,
    shipment.damage?.level,
    shipment.status === "exception" ? "high" : shipment.status === "delayed" ? "medium" : "info",
    lateLevel(shipment, now),
    motionNow(shipment, now) === "offline" ? "medium" : "info",
  );
}

function lateLevel(shipment, now) {
  if (!isLate(shipment, now)) return "info";
  const late = lateness(shipment) ?? now - shipment.planAt;
  return late > VERY_LATE_MS ? "critical" : late > MUCH_LATE_MS ? "high" : "medium";
}

export const isAtRisk = (level, shipment) => !isOver(shipment) && rank(level) >= rank("high");
