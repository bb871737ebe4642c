/** The shipments: bounded, however many come by. */

import { isOver } from "./judgement.js";
import { fold, newShipment } from "./shipment.js";

export const MAX_SHIPMENTS = 5_000;
export const FORGET_AFTER_MS = 30 * 60_000;

const FREIGHT_PARTS = ["request", "vehicle", "status", "eta", "position", "motion", "remaining", "route"];
const PACKING_PARTS = ["packing", "damage"];

export class Fleet {
  #shipments = new Map();

  get(id) {
    return this.#shipments.get(id);
  }

  /** Those that a freight message has told of. */
  get listed() {
    return [...this.#shipments.values()].filter((shipment) => FREIGHT_PARTS.some((part) => part in shipment.told));
  }

  /** Take a message in; one that only `completes` makes no new shipment. */
  apply(message, { completes = false } = {}) {
    for (const id of idsOf(message.payload)) {
      let shipment = this.#shipments.get(id);
      if (!shipment) {
        if (completes) continue;
        this.#shipments.set(id, (shipment = newShipment(id)));
      }
      fold(shipment, message);
      if (this.#shipments.size > MAX_SHIPMENTS) this.#dropOldest();
    }
  }

  /** Drop what was over for half an hour at `now`. */
  expire(now) {
    for (const [id, shipment] of this.#shipments) {
      if (isOver(shipment) && now - shipment.statusAt > FORGET_AFTER_MS) this.#shipments.delete(id);
    }
  }

  /** What an endpoint told does not count any more: its offsets begin anew. */
  forget(endpoint) {
    if (endpoint === "freight") return this.#shipments.clear();
    for (const shipment of this.#shipments.values()) {
      for (const part of PACKING_PARTS) delete shipment.told[part];
    }
  }

  #dropOldest() {
    let oldest = null;
    for (const shipment of this.#shipments.values()) {
      if (oldest === null || shipment.updatedAt < oldest.updatedAt) oldest = shipment;
    }
    this.#shipments.delete(oldest.id);
  }
}

/** The shipments that a payload names. */
export function idsOf(payload) {
  const named = [payload.shipment_id, ...(payload.shipment_ids ?? []), ...(payload.affected ?? []).map((each) => each.shipment_id)];
  return new Set(named.filter((id) => typeof id === "string"));
}
