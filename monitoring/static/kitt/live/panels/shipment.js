/** One shipment: what is known of it, and its whole history. */

import { clock, clockWithSeconds, deviation, duration, percent, plain, summary } from "../state/words.js";
import { el, setText, watchSeen } from "./dom.js";

const MAX_KEPT = 3_000;

export class ShipmentPanel {
  #facts;
  #title;
  #list;
  #more;
  #positions;
  #trouble;
  #history = null;
  #items = new Map();
  #seen;
  #frames;
  #isDirty = true;

  constructor(element, frames) {
    this.#frames = frames;
    this.#title = element.querySelector("h2");
    this.#facts = element.querySelector("#facts");
    this.#list = element.querySelector("#history");
    this.#seen = watchSeen(element, () => this.changed());
    this.#trouble = element.querySelector("#history-trouble");
    this.#more = element.querySelector("#history-more");
    this.#positions = element.querySelector("#history-positions");
    this.#more.addEventListener("click", () => this.#load());
    this.#positions.addEventListener("change", () => this.changed());
  }

  /** `history`: a History, of the shipment that was chosen. */
  show(history) {
    this.#history = history;
    this.#items.clear();
    this.#list.replaceChildren();
    this.#load();
  }

  changed() {
    this.#isDirty = true;
    this.#frames.soon();
  }

  draw(view, clockNow) {
    if (this.#history === null || !this.#seen.now) return;
    setText(this.#title, this.#history.id);
    if (view) this.#drawFacts(view, clockNow);
    else this.#facts.replaceChildren();
    if (this.#isDirty) this.#drawHistory();
  }

  #drawFacts(view, now) {
    const { shipment } = view;
    const rows = [
      ["Customer", shipment.customer ?? "–"],
      ["Lane", shipment.origin ? `${shipment.origin.name} → ${shipment.destination.name}` : "–"],
      ["Status", plain(shipment.status)],
      ["Priority", shipment.priority ?? "–"],
      ["ETA", shipment.etaAt === null ? "–" : clock(shipment.etaAt, now)],
      ["Plan", shipment.planAt === null ? "–" : `${clock(shipment.planAt, now)} (${deviation(view.lateMs)})`],
      ["Vehicle", [shipment.vehicle, shipment.driver].filter(Boolean).join(", ") || "–"],
      ["Position", shipment.position ? `${duration(view.ageMs)} ago, ${view.motion ?? "–"}` : "–"],
      ["To go", shipment.remainingM === null ? "–" : `${Math.round(shipment.remainingM / 1_000)} km`],
      ["Load", percent(shipment.fill)],
      ["Damage", shipment.damage ? `${shipment.damage.level}, ${percent(shipment.damage.probability)}` : "–"],
      ["Alerts", String(view.alerts)],
    ];
    if (this.#facts.children.length !== rows.length) {
      this.#facts.replaceChildren(...rows.map(([name]) => el("div", {}, el("dt", { text: name }), el("dd"))));
    }
    rows.forEach(([, text], at) => setText(this.#facts.children[at].lastChild, text));
  }

  #drawHistory() {
    this.#isDirty = false;
    const { entries, hasMore, isLoading, error } = this.#history;
    const shown = entries.filter(({ message }) => this.#positions.checked || !isPositionAlone(message)).slice(0, MAX_KEPT);
    const items = new Map(shown.map((entry) => [entry.key, this.#items.get(entry.key) ?? itemOf(entry)]));
    this.#items = items;
    this.#list.replaceChildren(...items.values());
    this.#more.hidden = !hasMore;
    this.#more.disabled = isLoading;
    setText(this.#trouble, error ? `The history could not be read: ${error}` : isLoading ? "Reading…" : "");
  }

  async #load() {
    const history = this.#history;
    const loading = history.loadMore();
    this.changed();
    await loading;
    this.changed();
  }
}

const isPositionAlone = ({ type, payload }) => type === "route_update" && payload.position !== undefined && payload.status === undefined && payload.route === undefined;

function itemOf({ endpoint, message }) {
  const raw = el("pre", { tabindex: "0" });
  const details = el("details", {}, el("summary", {}, el("time", { class: "dim", datetime: message.timestamp, text: clockWithSeconds(Date.parse(message.timestamp)) }), el("span", { class: "summary", text: summary(message) }), el("span", { class: "dim", text: `${endpoint} ${message.offset}` })), raw);
  details.addEventListener("toggle", () => details.open && setText(raw, JSON.stringify(message, null, 2)));
  return el("li", {}, details);
}
