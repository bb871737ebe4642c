/** The list of the latest results, the newest first; one of them is picked. */

import { clock } from "../state/words.js";
import { button, element } from "./dom.js";
import { riskOf } from "./results.js";
import { number, percent, shown, words } from "./values.js";

export class PackingList {
  #rows = new Map();
  #list = element("ol", { className: "packing-list-rows" });
  #empty = element("p", { className: "packing-quiet" }, "No packing results yet.");
  #onPick;
  #picked = null;

  /** `onPick` gets the key of the result that was picked. */
  constructor(onPick) {
    this.#onPick = onPick;
    const heading = element("h3", {}, "Latest results");
    this.element = element("nav", { className: "packing-list", "aria-label": "Packing results" }, heading, this.#empty, this.#list);
  }

  /** A result that is new or changed. The newest offset stands first; a prediction moves nothing. */
  put(result) {
    const row = this.#rows.get(result.key) ?? this.#add(result.key);
    const control = row.firstElementChild;
    control.replaceChildren(...linesOf(result));
    this.#markPicked(result.key, control);
    if (Number(row.dataset.offset) !== result.offset) this.#list.prepend(row);
    row.dataset.offset = result.offset;
    this.#empty.hidden = true;
  }

  remove(key) {
    this.#rows.get(key)?.remove();
    this.#rows.delete(key);
  }

  pick(key) {
    this.#picked = key;
    this.#rows.forEach((row, each) => this.#markPicked(each, row.firstElementChild));
  }

  #add(key) {
    const row = element("li", {}, button("", { onclick: () => this.#onPick(key) }));
    this.#rows.set(key, row);
    return row;
  }

  #markPicked(key, control) {
    if (key === this.#picked) control.setAttribute("aria-current", "true");
    else control.removeAttribute("aria-current");
  }
}

function linesOf(result) {
  const used = result.loads[0]?.utilisation ?? {};
  const parts = [
    `${shown(result.pieces)} pieces`,
    result.leftOut > 0 ? `${shown(result.leftOut)} left out` : null,
    number(used.volume) === null ? null : `volume ${percent(used.volume, 0)}`,
    number(used.weight) === null ? null : `weight ${percent(used.weight, 0)}`,
  ];
  return [
    element("strong", {}, result.shipments.join(", ") || result.key),
    statusOf(result),
    riskTag(riskOf(result)),
    element("span", { className: "packing-list-use" }, parts.filter((part) => part !== null).join(" · ")),
    element("span", { className: "packing-list-use" }, clock(result.at, Date.now())),
  ];
}

export function statusOf(result) {
  const status = result.isSuperseded ? "superseded" : result.status;
  return element("span", { className: "packing-tag", "data-status": status ?? "" }, words(status ?? "no status"));
}

/** "high risk", or that there is none known. */
export function riskTag(level) {
  const label = level === null ? "no prediction" : `${level} risk`;
  return element("span", { className: "packing-tag", "data-level": level ?? "" }, label);
}
