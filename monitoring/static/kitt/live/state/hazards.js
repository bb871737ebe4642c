/** Weather and traffic alerts that are in force: replaced, cancelled, cleared and ended ones are gone. */

import { millis } from "./shipment.js";

export const MAX_HAZARDS = 1_000;
const DAY_MS = 24 * 3_600_000;
const SEVERITY_LEVELS = { Extreme: "critical", Severe: "high", Moderate: "medium", Minor: "low" };

export class Hazards {
  #rows = new Map();

  /** The newest first. */
  get rows() {
    return [...this.#rows.values()].sort((one, other) => other.offset - one.offset);
  }

  apply(message) {
    if (message.type === "weather_alert") this.#weather(message);
    else this.#traffic(message);
    if (this.#rows.size > MAX_HAZARDS) this.#rows.delete(this.#rows.keys().next().value);
  }

  /** Returns whether any has ended at `now`. */
  expire(now) {
    const before = this.#rows.size;
    for (const [key, row] of this.#rows) if (row.endsAt < now) this.#rows.delete(key);
    return this.#rows.size < before;
  }

  clear() {
    this.#rows.clear();
  }

  #weather({ payload, id, offset, timestamp }) {
    for (const reference of payload.references ?? []) this.#rows.delete(`weather ${reference?.identifier ?? reference}`);
    const key = `weather ${payload.alert_id ?? id}`;
    this.#rows.delete(key);
    if (payload.message_type === "Cancel" || (payload.status ?? "Actual") !== "Actual") return;
    const sentAt = millis(payload.sent ?? timestamp);
    this.#rows.set(key, {
      key,
      kind: "weather",
      offset,
      level: payload.level ?? SEVERITY_LEVELS[payload.severity] ?? "info",
      title: payload.event,
      body: payload.headline ?? payload.area_desc ?? "",
      geometry: payload.geometry ?? null,
      endsAt: millis(payload.ends) ?? millis(payload.expires) ?? sentAt + DAY_MS,
    });
  }

  #traffic({ payload, id, offset, timestamp }) {
    const key = `traffic ${payload.incident_id ?? id}`;
    this.#rows.delete(key);
    if (payload.state === "cleared") return;
    this.#rows.set(key, {
      key,
      kind: "traffic",
      offset,
      level: payload.level ?? (payload.road_closed ? "high" : "low"),
      title: payload.category.replaceAll("_", " "),
      body: payload.description ?? [payload.from, payload.to].filter(Boolean).join(" to "),
      geometry: payload.geometry ?? null,
      endsAt: millis(payload.end_time) ?? millis(timestamp) + DAY_MS,
    });
  }
}
