/** What is true of each connection, and since when. */

import { duration } from "../state/words.js";
import { el, setClass, setText } from "./dom.js";

const TITLES = { freight: "Freight", packing: "Packing", notifications: "Alerts" };

export class Lights {
  #states = {};
  #elements = {};
  #announcer;

  /** `announcer`: where a change is said to those who do not see it. */
  constructor(element, announcer, endpoints) {
    this.#announcer = announcer;
    for (const endpoint of endpoints) {
      const words = el("span", { class: "words" });
      const light = el("li", { class: "light", "data-endpoint": endpoint }, el("span", { class: "dot" }), el("span", { class: "name", text: TITLES[endpoint] }), words);
      this.#elements[endpoint] = { light, words };
      this.#states[endpoint] = { name: "connecting" };
      element.append(light);
    }
  }

  set(endpoint, state) {
    const isAnother = state.name !== this.#states[endpoint].name;
    this.#states[endpoint] = state;
    if (isAnother && state.name !== "catching_up") setText(this.#announcer, `${TITLES[endpoint]}: ${state.name}`);
  }

  draw(now) {
    for (const [endpoint, { light, words }] of Object.entries(this.#elements)) {
      const state = this.#states[endpoint];
      setClass(light, `light ${state.name}`);
      setText(words, wordsFor(state, now));
    }
  }
}

/** A state of the client, in words that are true at `now`. */
export function wordsFor(state, now) {
  switch (state.name) {
    case "catching_up":
      return `catching up, ${state.done} of ${state.total}`;
    case "stale":
      return `no answer for ${duration(now - state.heardAt)}`;
    case "reconnecting": {
      const wait = Math.ceil((state.retryAt - now) / 1_000);
      return wait > 0 ? `reconnecting in ${wait} s` : `reconnecting, attempt ${state.attempt}`;
    }
    case "closed":
      return state.error ? `refused: ${state.error.reason || state.error.code}` : "closed";
    default:
      return state.name;
  }
}
