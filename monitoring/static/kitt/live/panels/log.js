/** The message log: what came, as it came. */

import { clockWithSeconds, summary } from "../state/words.js";
import { el, setText, watchSeen } from "./dom.js";

const MAX_SHOWN = 150;

export class LogPanel {
  #journal;
  #list;
  #type;
  #pause;
  #waiting;
  #items = new Map();
  #seen;
  #frames;
  #isDirty = true;
  #drawnNumber = 0;

  constructor(element, { journal, types, frames }) {
    this.#frames = frames;
    this.#journal = journal;
    this.#list = element.querySelector("#messages");
    this.#seen = watchSeen(element, () => this.changed());
    this.#type = element.querySelector("#log-type");
    this.#type.append(...types.map((type) => el("option", { value: type, text: type })));
    this.#pause = element.querySelector("#log-pause");
    this.#waiting = element.querySelector("#log-waiting");
    this.#type.addEventListener("change", () => this.changed());
    this.#pause.addEventListener("click", () => (journal.isPaused ? this.#resume() : this.#stop()));
    element.querySelector("#log-export").addEventListener("click", () => this.#export());
  }

  changed() {
    this.#isDirty = true;
    this.#frames.soon();
  }

  draw() {
    if (!this.#isDirty || !this.#seen.now) return;
    this.#isDirty = false;
    this.#drawnNumber = this.#journal.entries.at(-1)?.number ?? 0;
    const { isPaused, waiting, dropped } = this.#journal;
    setText(this.#waiting, isPaused ? `${waiting} waiting${dropped ? `, the oldest ${dropped} dropped` : ""}` : "");
    const entries = this.#journal.newest(this.#type.value, MAX_SHOWN);
    const items = new Map(entries.map((entry) => [entry.number, this.#items.get(entry.number) ?? this.#item(entry)]));
    const wanted = [...items.values()];
    for (const [number, item] of this.#items) if (!items.has(number)) item.remove();
    wanted.forEach((item, at) => {
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
    });
    this.#items = items;
  }

  #item({ endpoint, message }) {
    const raw = el("pre", { tabindex: "0" });
    const details = el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span", { class: "offset", text: `${endpoint} ${message.offset}` }),
        el("span", { class: "type", text: message.type }),
        el("span", { class: "summary", text: summary(message) }),
        el("span", { class: "dim", text: `${message.sender} · ${clockWithSeconds(Date.parse(message.timestamp))}` }),
      ),
      raw,
    );
    // The text is made when somebody wants to read it, and then the list stands still.
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      setText(raw, JSON.stringify(message, null, 2));
      if (!this.#journal.isPaused) this.#stop();
    });
    return el("li", {}, details);
  }

  #stop() {
    this.#journal.pause(this.#drawnNumber);
    this.#pause.textContent = "Resume";
    this.#pause.setAttribute("aria-pressed", "true");
    this.changed();
  }

  #resume() {
    this.#journal.resume();
    this.#pause.textContent = "Pause";
    this.#pause.setAttribute("aria-pressed", "false");
    this.changed();
  }

  #export() {
    const url = URL.createObjectURL(new Blob([this.#journal.lines(this.#type.value)], { type: "application/jsonl" }));
    el("a", { href: url, download: `kitt-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jsonl` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
