/** The newest packing results, each with the damage prediction for it. Bounded. No DOM. */

import { loadOf } from "./geometry.js";
import { levelOf, number, objects, text, texts, webAddress } from "./values.js";

const MAX_RESULTS = 200;
/** In all results together: some 25 MB. */
const MAX_PIECES = 50_000;
const MAX_PREDICTIONS = 500;

export class PackingResults {
  /** By their keys, the oldest first. */
  #results = new Map();
  #predictions = new Map();

  /** The keys that changed, and those that are gone: {changed, gone}. */
  take(message) {
    if (message.type === "packing_result") return this.#takeResult(message);
    if (message.type === "damage_prediction") return this.#takePrediction(message.payload);
    return { changed: [], gone: [] };
  }

  get(key) {
    return this.#results.get(key) ?? null;
  }

  /** Null where there is none. */
  get newest() {
    return [...this.#results.values()].at(-1) ?? null;
  }

  /** The newest one of a shipment; null where there is none. */
  ofShipment(shipmentId) {
    return [...this.#results.values()].findLast((result) => result.shipments.includes(shipmentId)) ?? null;
  }

  #takeResult(message) {
    const result = resultOf(message);
    const changed = [result.key];
    const older = this.get(text(message.payload.supersedes));
    if (older !== null && older.key !== result.key) {
      older.isSuperseded = true;
      changed.unshift(older.key);
    }
    result.prediction = this.#predictionFor(result);
    this.#results.delete(result.key);
    this.#results.set(result.key, result);
    return { changed, gone: this.#dropOldest() };
  }

  #takePrediction(prediction) {
    const packing = text(prediction.packing_id);
    const key = packing === null ? `shipment ${prediction.shipment_id}` : `packing ${packing}`;
    this.#predictions.delete(key);
    this.#predictions.set(key, prediction);
    if (this.#predictions.size > MAX_PREDICTIONS) this.#predictions.delete(this.#predictions.keys().next().value);
    const found = packing === null ? this.ofShipment(prediction.shipment_id) : this.get(packing);
    if (found === null) return { changed: [], gone: [] };
    found.prediction = prediction;
    return { changed: [found.key], gone: [] };
  }

  /** One for this packing is better than one for its shipment alone. */
  #predictionFor({ packing, shipments }) {
    const keys = [`packing ${packing}`, ...shipments.map((shipment) => `shipment ${shipment}`)];
    return keys.map((key) => this.#predictions.get(key)).find((found) => found !== undefined) ?? null;
  }

  /** The newest stays, whatever its size. */
  #dropOldest() {
    const gone = [];
    let pieces = 0;
    for (const result of this.#results.values()) pieces += result.pieces;
    for (const [key, result] of this.#results) {
      if (this.#results.size <= 1 || (this.#results.size <= MAX_RESULTS && pieces <= MAX_PIECES)) break;
      pieces -= result.pieces;
      this.#results.delete(key);
      gone.push(key);
    }
    return gone;
  }
}

function resultOf({ payload, offset, sender, timestamp }) {
  const packing = text(payload.packing_id);
  const loads = objects(payload.containers).map(loadOf);
  const unpacked = objects(payload.unpacked);
  return {
    key: packing ?? `offset ${offset}`,
    packing,
    shipments: [...new Set([...texts([payload.shipment_id]), ...texts(payload.shipment_ids)])],
    status: text(payload.status),
    isSuperseded: false,
    loads,
    pieces: loads.reduce((sum, load) => sum + load.placements, 0),
    unpacked,
    leftOut: unpacked.reduce((sum, each) => sum + (number(each.quantity) ?? 1), 0),
    algorithm: text(payload.algorithm),
    computedMs: number(payload.computed_ms),
    source: text(payload.source),
    placementsUrl: webAddress(payload.placements_url),
    prediction: null,
    offset,
    sender,
    at: Date.parse(timestamp),
  };
}

/** "high", or null where nobody predicted anything. */
export function riskOf(result) {
  return result.prediction === null ? null : levelOf(result.prediction);
}

/** What the result's prediction says of each item: Map of item_id to {probability, top_factor}. */
export function itemRisks(result) {
  const items = objects(result.prediction?.items).filter((item) => text(item.item_id) !== null);
  return new Map(items.map((item) => [item.item_id, item]));
}
