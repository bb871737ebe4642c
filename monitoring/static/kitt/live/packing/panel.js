/** The packing panel: the latest results, and the one that was picked, in 3D and in words. */

import { element } from "./dom.js";
import { PackingList } from "./list.js";
import { PackingResult } from "./result.js";
import { PackingResults } from "./results.js";

export class PackingPanel {
  #results = new PackingResults();
  #list = new PackingList((key) => this.#pickByHand(key));
  #shown = new PackingResult();
  #picked = null;
  /** What was not picked by hand gives way to the newest when the panel is opened. */
  #isPickedByHand = false;
  #isSeen = false;
  #isLive = false;
  /** Results that came since the panel was looked at, not those of before the page was opened. */
  unseenCount = 0;
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
    new ResizeObserver(([{ contentRect }]) => this.#see(contentRect.width > 0)).observe(container);
  }

  /** A stored message of the packing stream, in the order of the offsets. What it changes is drawn with the next frame. */
  onMessage(message) {
    const { changed, gone } = this.#results.take(message);
    if (message.type === "packing_result" && this.#isLive && !this.#isSeen) this.unseenCount += 1;
    for (const key of changed) {
      // At the end, so that the list is filled in the order of the messages.
      this.#changed.delete(key);
      this.#changed.add(key);
    }
    gone.forEach((key) => this.#gone.add(key));
    if (this.#frame === 0 && changed.length > 0) this.#frame = requestAnimationFrame(() => this.#update());
  }

  /** All that was before has come. */
  goLive() {
    this.#isLive = true;
  }

  /** Show the newest result of a shipment, now or as soon as there is one. */
  select(shipmentId) {
    const found = this.#results.ofShipment(shipmentId);
    if (found !== null) return this.#pickByHand(found.key);
    this.#awaited = shipmentId;
    this.#note.textContent = `No packing result of ${shipmentId} is known yet.`;
  }

  #see(isSeen) {
    const isOpened = isSeen && !this.#isSeen;
    this.#isSeen = isSeen;
    if (isSeen) this.unseenCount = 0;
    if (isOpened && !this.#isPickedByHand) this.#pickNewest();
  }

  #pickNewest() {
    const { newest } = this.#results;
    if (newest !== null) this.#pick(newest.key);
  }

  #pickByHand(key) {
    this.#isPickedByHand = true;
    this.#pick(key);
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
    if (awaited !== undefined) return this.#pickByHand(awaited.key);
    if (this.#picked === null && this.#isSeen) return this.#pickNewest();
    const current = changed.find((result) => result.key === this.#picked);
    if (current !== undefined) this.#shown.show(current);
  }
}
