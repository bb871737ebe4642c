/** The shipments as a table, of which only the rows that can be seen exist. */

import { sorted } from "../state/filters.js";
import { COLUMNS } from "./columns.js";
import { el, setClass, setText, watchSeen } from "./dom.js";

// Text that changes more often cannot be read; rows that change their places more often cannot be clicked.
const REFILL_MS = 250;
const RESORT_MS = 2_000;
const SPARE_ROWS = 4;
const DOWNWARDS_FIRST = new Set(["level", "priority", "eta", "age", "alerts", "fill", "damage"]);

export class TablePanel {
  #scroller;
  #body;
  #head;
  #rows = [];
  #order = [];
  #onSelect;
  #onRefresh;
  #sort = { key: "level", isDescending: true };
  #sortedAt = -Infinity;
  #filledAt = -Infinity;
  #isHeld = false;
  #rowPx = 34;
  #heightPx = 0;
  #seen;
  #scrollPx = 0;
  #selectedId = null;

  constructor(element, { onSelect, onRefresh }) {
    this.#onSelect = onSelect;
    this.#onRefresh = onRefresh;
    this.#body = el("tbody", { role: "rowgroup" });
    this.#head = el("tr", { role: "row" }, ...COLUMNS.map((column) => this.#heading(column)));
    const table = el("table", { role: "table", "aria-label": "Shipments" }, el("thead", { role: "rowgroup" }, this.#head), this.#body);
    this.#scroller = element;
    element.append(table);
    element.addEventListener("scroll", () => {
      this.#scrollPx = element.scrollTop;
      this.refresh();
    });
    this.#seen = watchSeen(element, ({ height }) => this.#measure(height));
    for (const [name, isHeld] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
      this.#body.addEventListener(name, () => (this.#isHeld = isHeld));
    }
    this.#body.addEventListener("keydown", (event) => this.#key(event));
    this.#markSorted();
  }

  /** Draw at once what the next `draw` gets: the user has asked for it. */
  refresh({ isOtherChoice = false } = {}) {
    this.#filledAt = -Infinity;
    if (isOtherChoice) this.#sortedAt = -Infinity;
    this.#onRefresh();
  }

  draw(views, selectedId, now, clockNow) {
    if (now - this.#filledAt < REFILL_MS || !this.#seen.now) return;
    this.#filledAt = now;
    this.#selectedId = selectedId;
    this.#arrange(views, now);
    this.#fill(clockNow);
  }

  /** While somebody points at a row it stays where it is; what is new comes last. */
  #arrange(views, now) {
    const isDue = now - this.#sortedAt >= RESORT_MS && !this.#isHeld;
    if (isDue || this.#sortedAt === -Infinity) {
      this.#sortedAt = now;
      this.#order = sorted(views, this.#sort.key, this.#sort.isDescending);
      return;
    }
    const left = new Map(views.map((view) => [view.shipment.id, view]));
    const kept = [];
    for (const { shipment } of this.#order) {
      const view = left.get(shipment.id);
      if (view) kept.push(view);
      left.delete(shipment.id);
    }
    this.#order = [...kept, ...left.values()];
  }

  #fill(clockNow) {
    const room = Math.ceil(this.#heightPx / this.#rowPx) + SPARE_ROWS;
    const first = Math.max(0, Math.min(Math.floor(this.#scrollPx / this.#rowPx) - SPARE_ROWS / 2, this.#order.length - room));
    const shown = this.#order.slice(first, first + room);
    while (this.#rows.length < shown.length) this.#addRow();
    while (this.#rows.length > shown.length) this.#rows.pop().row.remove();
    this.#body.parentElement.setAttribute("aria-rowcount", this.#order.length + 1);
    this.#body.style.setProperty("--above", `${first * this.#rowPx}px`);
    this.#body.style.setProperty("--below", `${Math.max(0, this.#order.length - first - shown.length) * this.#rowPx}px`);
    shown.forEach((view, number) => this.#fillRow(this.#rows[number], view, first + number, clockNow));
  }

  #fillRow(entry, view, number, now) {
    const { row, cells, button } = entry;
    entry.id = view.shipment.id;
    row.setAttribute("aria-rowindex", number + 2);
    setClass(row, `${entry.id === this.#selectedId ? "selected " : ""}${number % 2 ? "odd" : "even"}`);
    COLUMNS.forEach((column, at) => {
      const { text, class: name, title } = column.cell(view, now);
      setText(column.sort === "id" ? button : cells[at].firstChild, text);
      setClass(cells[at], name);
      if (cells[at].title !== (title ?? "")) cells[at].title = title ?? "";
    });
  }

  #addRow() {
    const button = el("button", { type: "button", class: "link" });
    const cells = COLUMNS.map((column) => el("td", { role: "cell" }, column.sort === "id" ? button : el("span")));
    const entry = { row: el("tr", { role: "row" }, ...cells), cells, button, id: null };
    entry.row.addEventListener("click", () => this.#onSelect(entry.id));
    this.#rows.push(entry);
    this.#body.append(entry.row);
  }

  #heading({ sort, title, hint }) {
    const choose = () => this.#choose(sort);
    const button = el("button", { type: "button", text: title, title: hint ?? null, on: { click: choose } });
    return el("th", { role: "columnheader", scope: "col", class: `c-${sort}`, "data-sort": sort }, button);
  }

  #choose(key) {
    const isAgain = this.#sort.key === key;
    this.#sort = { key, isDescending: isAgain ? !this.#sort.isDescending : DOWNWARDS_FIRST.has(key) };
    this.#markSorted();
    this.refresh({ isOtherChoice: true });
  }

  #markSorted() {
    for (const heading of this.#head.children) {
      const isSorted = heading.dataset.sort === this.#sort.key;
      heading.setAttribute("aria-sort", isSorted ? (this.#sort.isDescending ? "descending" : "ascending") : "none");
    }
  }

  #measure(heightPx) {
    this.#heightPx = heightPx;
    this.#rowPx = parseFloat(getComputedStyle(this.#scroller).getPropertyValue("--row")) || this.#rowPx;
    this.refresh();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.#rows.findIndex(({ button }) => button === event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    this.#rows[at + step]?.button.focus();
  }
}
