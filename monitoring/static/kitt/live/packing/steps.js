/** Which pieces are shown: the first k in their load order, by slider, by buttons, or one after the other. */

import { button, element } from "./dom.js";

const PLAY_EVERY_MS = 250;
/** So that a load of 2,000 pieces takes no longer to play than one of 120. */
const MAX_PLAYED_STEPS = 120;

export class PackingSteps {
  count = 0;
  #total = 0;
  #describe = () => "";
  #onChange;
  #timer = null;
  #slider = element("input", { type: "range", min: 0, step: 1, "aria-label": "Pieces loaded" });
  #words = element("output", { className: "packing-steps-words" });
  #play = button("Play", { onclick: () => this.#toggle() });
  #buttons = [
    button("First", { onclick: () => this.#go(1), "aria-label": "Show the first piece only" }),
    button("Previous", { onclick: () => this.#go(this.count - 1), "aria-label": "Take the newest piece away" }),
    this.#play,
    button("Next", { onclick: () => this.#go(this.count + 1), "aria-label": "Load the next piece" }),
    button("All", { onclick: () => this.#go(this.#total), "aria-label": "Show all pieces" }),
  ];

  /** `onChange` is called when the hand of a user changed `count`. */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#slider.addEventListener("input", () => this.#go(Number(this.#slider.value)));
    const buttons = element("div", { className: "packing-buttons" }, ...this.#buttons);
    this.element = element(
      "div",
      { className: "packing-steps", role: "group", "aria-label": "Load order" },
      this.#slider,
      buttons,
      this.#words,
    );
  }

  /** Another load, shown whole; `describe(index)` says what a piece is. */
  load(total, describe) {
    this.stop();
    [this.#total, this.#describe, this.count] = [total, describe, total];
    this.#slider.max = total;
    [this.#slider, ...this.#buttons].forEach((control) => (control.disabled = total === 0));
    this.#write();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#play.textContent = "Play";
  }

  #toggle() {
    if (this.#timer !== null) return this.stop();
    const stride = Math.ceil(this.#total / MAX_PLAYED_STEPS);
    if (this.count === this.#total) this.#set(0);
    this.#play.textContent = "Pause";
    this.#timer = setInterval(() => {
      this.#set(this.count + stride);
      if (this.count === this.#total) this.stop();
    }, PLAY_EVERY_MS);
  }

  #go(count) {
    this.stop();
    this.#set(count);
  }

  #set(count) {
    this.count = Math.min(Math.max(count, 0), this.#total);
    this.#write();
    this.#onChange();
  }

  #write() {
    const piece = this.count > 0 ? `: ${this.#describe(this.count - 1)}` : "";
    this.#slider.value = this.count;
    this.#words.textContent = `${this.count} of ${this.#total}${piece}`;
    this.#slider.setAttribute("aria-valuetext", this.#words.textContent);
  }
}
