/** The chips and the search above the table. */

import { CHIPS, matches } from "../state/filters.js";
import { el, setText } from "./dom.js";

export class FilterBar {
  #chip = "all";
  #text = "";
  #counts = {};
  #buttons = {};
  #shown;

  constructor(element, onChange) {
    for (const [key, { title }] of Object.entries(CHIPS)) {
      this.#counts[key] = el("span", { class: "count" });
      const choose = () => {
        this.#choose(key);
        onChange();
      };
      this.#buttons[key] = el("button", { type: "button", class: "chip", "aria-pressed": String(key === "all"), on: { click: choose } }, `${title} `, this.#counts[key]);
    }
    element.querySelector("#chips").append(...Object.values(this.#buttons));
    this.#shown = element.querySelector("#shown");
    element.querySelector("input").addEventListener("input", ({ target }) => {
      this.#text = target.value.trim();
      onChange();
    });
  }

  count(views) {
    for (const [key, { holds }] of Object.entries(CHIPS)) setText(this.#counts[key], String(views.filter(holds).length));
  }

  chosen(views) {
    const found = views.filter((view) => CHIPS[this.#chip].holds(view) && (this.#text === "" || matches(view, this.#text)));
    setText(this.#shown, this.#text === "" ? "" : `${found.length} found`);
    return found;
  }

  #choose(key) {
    this.#chip = key;
    for (const [each, button] of Object.entries(this.#buttons)) button.setAttribute("aria-pressed", String(each === key));
  }
}
