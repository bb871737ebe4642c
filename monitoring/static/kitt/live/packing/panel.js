/** The packing panel: the latest results, and the one that was picked, in 3D and in words. */

import { element } from "./dom.js";
import { PackingList } from "./list.js";
import { PackingResult } from "./result.js";
import { PackingResults } from "./results.js";

export class PackingPanel {
  #results = new PackingResults();
  #list = new PackingList((key) => this.#pick(key));
  #shown = new PackingResult();
  #picked = null;
  /** A shipment that was asked for before it had a result. */
  #awaited = null;
  #changed = new Set();
  #gone = new Set();
  #frame = 0;
  #note = element("p", { className: "packing-note", role: "status" });

  constructor(container) {
    container.classList.add("packing");
    const main = element("div", { className: "packing-main" }, this.#note, this.#shown.element);
    container.replaceChildren(element("div", { className: "packing-columns" }, this.#list.element, main));
  }

  /** A stored message of the packing stream, in the order of the offsets. What it changes is drawn with the next frame. */
  onMessage(message) {
    const { changed, gone } = this.#results.take(message);
    for (const key of changed) {
      // At the end, so that the list is filled in the order of the messages.
      this.#changed.delete(key);
      this.#changed.add(key);
    }
    gone.forEach((key) => this.#gone.add(key));
    if (this.#frame === 0 && changed.length > 0) this.#frame = requestAnimationFrame(() => this.#update());
  }

  /** Show the newest result of a shipment, now or as soon as there is one. */
  select(shipmentId) {
    const found = this.#results.ofShipment(shipmentId);
    if (found !== null) return this.#pick(found.key);
    this.#awaited = shipmentId;
    this.#note.textContent = `No packing result of ${shipmentId} is known yet.`;
  }

  #pick(key) {
    const result = this.#results.get(key);
    if (result === null) return;
    [this.#picked, this.#awaited, this.#note.textContent] = [key, null, ""];
    this.#list.pick(key);
    this.#shown.show(result);
  }

  #update() {
    this.#frame = 0;
    this.#gone.forEach((key) => this.#list.remove(key));
    this.#gone.clear();
    const changed = [...this.#changed].map((key) => this.#results.get(key)).filter((result) => result !== null);
    this.#changed.clear();
    changed.forEach((result) => this.#list.put(result));
    const awaited = changed.findLast((result) => result.shipments.includes(this.#awaited));
    if (awaited !== undefined) return this.#pick(awaited.key);
    if (this.#picked === null && changed.length > 0) return this.#pick(changed.at(-1).key);
    const current = changed.find((result) => result.key === this.#picked);
    if (current !== undefined) this.#shown.show(current);
  }
}
