/** Which panel is seen: one of those at the side, or on a phone one of all. */

import { setText } from "./dom.js";

const MOST = 99;

export class Tabs {
  #buttons;

  constructor(element) {
    this.#buttons = [...element.querySelectorAll("button")];
    for (const button of this.#buttons) button.addEventListener("click", () => this.open(button.dataset.panel));
  }

  open(panel) {
    const button = this.#buttons.find((each) => each.dataset.panel === panel);
    if (!button.classList.contains("narrow")) document.body.dataset.side = panel;
    document.body.dataset.panel = panel;
    for (const each of this.#buttons) {
      const isSide = !each.classList.contains("narrow");
      const isOpen = each === button || (isSide && document.body.dataset.side === each.dataset.panel && button.classList.contains("narrow") && matchMedia("(min-width: 900px)").matches);
      each.setAttribute("aria-pressed", isOpen);
    }
  }

  /** A number beside the name; none where it is 0. */
  mark(panel, count) {
    const badge = this.#buttons.find((each) => each.dataset.panel === panel).querySelector(".badge");
    setText(badge, count > MOST ? `${MOST}+` : String(count));
    badge.hidden = count === 0;
  }
}
