/** Notifications: what is open, who has acknowledged or resolved it, and when. All of it as the server has confirmed it. */

import { idsOf } from "./fleet.js";
import { rank, worst } from "./levels.js";
import { millis } from "./shipment.js";

export const MAX_NOTICES = 2_000;
const STEPS = ["open", "acknowledged", "resolved", "expired"];
const MAX_TITLE = 120;

export class Notices {
  #rows = new Map();
  #unsettled = new Map();
  #byShipment = null;

  /** The newest first. */
  get rows() {
    return [...this.#rows.values()].sort((one, other) => other.seenAt - one.seenAt || other.offset - one.offset);
  }

  apply(message) {
    this.#byShipment = null;
    const payload = message.type === "error" ? noticeOfError(message.payload) : message.payload;
    const row = this.#find(payload, message.id) ?? this.#add(payload.notification_id ?? message.id);
    const isRepeat = row.payload !== null && payload.notification_id !== row.key && message.id !== row.key;
    if (isRepeat) row.count += 1;
    else row.count = Math.max(row.count, payload.count ?? 1);
    if (!isRepeat || row.state === "open") row.payload = payload;
    row.offset = message.offset;
    if (!("state" in payload) || payload.state === "open") row.seenAt = millis(payload.last_seen ?? message.timestamp) ?? 0;
    step(row, payload, message, isRepeat);
    this.#index(row);
    if (this.#rows.size > MAX_NOTICES) this.#dropOldest();
  }

  /** How many open alerts a shipment has, and the worst level among them. */
  of(shipmentId) {
    this.#byShipment ??= this.#count();
    return this.#byShipment.get(shipmentId) ?? { count: 0, level: null };
  }

  get unsettledCount() {
    return [...this.#rows.values()].filter((row) => row.state === "open").length;
  }

  /** Those whose time has come. Returns whether there were any. */
  expire(now) {
    let found = false;
    for (const row of this.#rows.values()) {
      if (isSettled(row) || !((millis(row.payload.expires_at) ?? Infinity) < now)) continue;
      row.state = "expired";
      found = true;
      this.#byShipment = null;
      this.#index(row);
    }
    return found;
  }

  clear() {
    this.#rows.clear();
    this.#unsettled.clear();
    this.#byShipment = null;
  }

  /** By its id, else by what it repeats. */
  #find({ notification_id: id, dedupe_key: dedupe }, messageId) {
    return this.#rows.get(id ?? messageId) ?? (dedupe === undefined ? undefined : this.#unsettled.get(dedupe));
  }

  #add(key) {
    const row = { key, payload: null, state: "open", count: 0, seenAt: 0, offset: 0, acknowledged: null, resolved: null };
    this.#rows.set(key, row);
    return row;
  }

  #index(row) {
    const dedupe = row.payload.dedupe_key;
    if (dedupe === undefined) return;
    if (!isSettled(row)) this.#unsettled.set(dedupe, row);
    else if (this.#unsettled.get(dedupe) === row) this.#unsettled.delete(dedupe);
  }

  #count() {
    const counts = new Map();
    for (const { state, payload } of this.#rows.values()) {
      if (state !== "open" && state !== "acknowledged") continue;
      for (const id of idsOf(payload)) {
        const { count, level } = counts.get(id) ?? { count: 0, level: null };
        counts.set(id, { count: count + 1, level: worst(level, payload.level) });
      }
    }
    return counts;
  }

  #dropOldest() {
    const rows = [...this.#rows.values()];
    const from = rows.find(isSettled) ?? rows[0];
    this.#rows.delete(from.key);
    if (this.#unsettled.get(from.payload.dedupe_key) === from) this.#unsettled.delete(from.payload.dedupe_key);
  }
}

/** Of two who acknowledge at once the first one counts, by the order of the stream: everywhere the same one. */
function step(row, payload, message, isRepeat) {
  const state = STEPS.includes(payload.state) ? payload.state : "open";
  if (isRepeat && state === "open") return;
  if (state === "open") Object.assign(row, { acknowledged: null, resolved: null });
  if (state === "acknowledged") row.acknowledged ??= who(payload.acknowledged_by, payload.acknowledged_at, message);
  if (state === "resolved") row.resolved ??= who(payload.resolved_by, payload.resolved_at, message);
  if (state !== "acknowledged" || row.state !== "resolved") row.state = state;
}

const who = (name, at, message) => ({ by: name ?? message.sender, at: millis(at ?? message.timestamp), sender: message.sender });

export const isSettled = (row) => row.state === "resolved" || row.state === "expired";

function noticeOfError({ code, message }) {
  return { title: `${code}: ${message}`.slice(0, MAX_TITLE), kind: "system", level: "high" };
}

/** What to publish so that everybody sees the row in its next state. */
export function answerTo(row, state, name, now) {
  const at = new Date(now).toISOString();
  const mark = state === "acknowledged" ? { acknowledged_by: name, acknowledged_at: at } : { resolved_by: name, resolved_at: at };
  const before = row.acknowledged && { acknowledged_by: row.acknowledged.by, acknowledged_at: new Date(row.acknowledged.at).toISOString() };
  return { ...row.payload, notification_id: row.key, ...before, ...mark, state };
}

/** Those of a level or worse, in one of the states. */
export function chosen(rows, { level, states }) {
  return rows.filter((row) => states.includes(row.state) && rank(row.payload.level ?? "info") >= rank(level));
}
