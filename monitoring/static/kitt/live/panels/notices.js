/** Alerts: notifications with who answers for them, and the weather and traffic in force. */

import { LEVELS } from "../state/levels.js";
import { chosen } from "../state/notices.js";
import { clock, plain } from "../state/words.js";
import { el, watchSeen } from "./dom.js";

const MAX_SHOWN = 200;

export class NoticesPanel {
  #list;
  #hazardList;
  #counts;
  #level;
  #states;
  #seen;
  #frames;
  #kept = new Map();
  #pending = new Map();
  #onAnswer;
  #onSelect;
  #isDirty = true;
  #mayPublish;

  /** `onAnswer(row, state)` resolves when the server has it; `onSelect(id)` when a shipment is clicked. */
  constructor(element, { onAnswer, onSelect, mayPublish, frames }) {
    this.#frames = frames;
    this.#onAnswer = onAnswer;
    this.#onSelect = onSelect;
    this.#mayPublish = mayPublish;
    this.#list = element.querySelector("#notices");
    this.#seen = watchSeen(element, () => this.changed());
    this.#hazardList = element.querySelector("#hazards");
    this.#counts = element.querySelector("#notice-count");
    this.#level = element.querySelector("#notice-level");
    this.#level.append(...LEVELS.map((level) => el("option", { value: level, text: level === "info" ? "All levels" : `${level}${level === "critical" ? "" : " and worse"}` })));
    this.#states = element.querySelector("#notice-states");
    for (const select of [this.#level, this.#states]) select.addEventListener("change", () => this.changed());
  }

  changed() {
    this.#isDirty = true;
    this.#frames.soon();
  }

  draw(notices, hazards, clockNow) {
    if (!this.#isDirty || !this.#seen.now) return;
    this.#isDirty = false;
    const rows = chosen(notices.rows, { level: this.#level.value, states: this.#states.value.split(" ") });
    this.#counts.textContent = rows.length > MAX_SHOWN ? `the newest ${MAX_SHOWN} of ${rows.length}` : `${rows.length}`;
    this.#place(this.#list, rows.slice(0, MAX_SHOWN), (row) => this.#card(row, clockNow));
    this.#place(this.#hazardList, hazards.rows.slice(0, MAX_SHOWN), (row) => hazardCard(row, clockNow));
  }

  /** Cards that say the same as before stay: with them the focus, and what somebody is about to click. */
  #place(list, rows, make) {
    const before = this.#kept.get(list) ?? new Map();
    const after = new Map();
    const wanted = rows.map((row) => {
      const mark = JSON.stringify([row, this.#pending.get(row.key)]);
      const kept = before.get(row.key);
      const card = kept?.mark === mark ? kept.card : make(row);
      after.set(row.key, { mark, card });
      return card;
    });
    this.#kept.set(list, after);
    if (wanted.length !== list.children.length || wanted.some((card, at) => list.children[at] !== card)) {
      const focused = document.activeElement?.closest("li")?.dataset.key;
      list.replaceChildren(...wanted);
      if (focused !== undefined) wanted.find((card) => card.dataset.key === focused)?.querySelector("button")?.focus();
    }
  }

  #card(row, now) {
    const { payload, state, count, seenAt } = row;
    const level = payload.level ?? "info";
    const facts = [clock(seenAt, now), plain(payload.kind ?? "notification"), ...(count > 1 ? [`${count} times`] : [])];
    return el(
      "li",
      { class: `card ${level} ${state}`, "data-key": row.key },
      el("div", { class: "top" }, el("span", { class: `level ${level}` }, el("span", { text: level })), el("span", { class: "dim", text: facts.join(" · ") }), el("span", { class: `state ${state}`, text: state })),
      el("h3", { text: payload.title }),
      ...(payload.body ? [el("p", { text: payload.body })] : []),
      ...[["Acknowledged", row.acknowledged], ["Resolved", row.resolved]].filter(([, who]) => who).map(([word, who]) => el("p", { class: "who", title: `sent by ${who.sender}`, text: `${word} by ${who.by}, ${clock(who.at, now)}` })),
      this.#foot(row),
    );
  }

  #foot(row) {
    const links = (row.payload.shipment_ids ?? []).slice(0, 5).map((id) => el("button", { type: "button", class: "link", text: id, on: { click: () => this.#onSelect(id) } }));
    const pending = this.#pending.get(row.key);
    const button = (state, text) => el("button", { type: "button", disabled: pending === "sending", text, on: { click: () => this.#answer(row, state) } });
    const steps = !this.#mayPublish ? [] : [...(row.state === "open" ? [button("acknowledged", "Acknowledge")] : []), ...(row.state === "open" || row.state === "acknowledged" ? [button("resolved", "Resolve")] : [])];
    const trouble = pending && pending !== "sending" ? [el("span", { class: "trouble", role: "alert", text: pending })] : [];
    return el("div", { class: "foot" }, ...links, ...trouble, el("span", { class: "steps" }, ...steps));
  }

  /** The row changes when the stream says so, not when the button was clicked. */
  async #answer(row, state) {
    this.#set(row.key, "sending");
    try {
      await this.#onAnswer(row, state);
      this.#set(row.key, undefined);
    } catch (error) {
      this.#set(row.key, `Not sent: ${error.message}`);
    }
  }

  #set(key, pending) {
    if (pending === undefined) this.#pending.delete(key);
    else this.#pending.set(key, pending);
    this.changed();
  }
}

function hazardCard({ key, kind, level, title, body, endsAt }, now) {
  return el(
    "li",
    { class: `card ${level}`, "data-key": key },
    el("div", { class: "top" }, el("span", { class: `level ${level}` }, el("span", { text: level })), el("span", { class: "dim", text: `${kind} · until ${clock(endsAt, now)}` })),
    el("h3", { text: title }),
    ...(body ? [el("p", { text: body })] : []),
  );
}
