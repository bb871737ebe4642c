/** Items with their colours and risks, and every placement in words: what the picture shows, for those who read. */

import { css } from "./colours.js";
import { button, element, table } from "./dom.js";
import { itemRisks } from "./results.js";
import { levelOf, percent, shown, words } from "./values.js";

/** What more there are is in the table. */
const LEGEND_LINES = 6;

/** The names of the items of a result: those that are loaded first, in their load order. */
export function itemsOf(result) {
  const loaded = result.loads.flatMap((load) => load.boxes.map((box) => box.item));
  return [...new Set([...loaded, ...itemRisks(result).keys()])];
}

/** One row an item: the legend of the picture. */
export function itemTable(result, load, colours) {
  const risks = itemRisks(result);
  const pieces = new Map();
  load.boxes.forEach(({ item }) => pieces.set(item, (pieces.get(item) ?? 0) + 1));
  const rows = itemsOf(result).map((item) => {
    const risk = risks.get(item);
    const level = risk === undefined ? null : levelOf(risk);
    return [
      element("span", {}, swatch(colours.get(item)), item),
      shown(pieces.get(item) ?? 0),
      level === null ? "not predicted" : `${percent(risk.probability)} ${level}`,
      risk?.top_factor === undefined ? "—" : words(risk.top_factor),
    ];
  });
  return table("Items in this container", ["Item", "Pieces", "Risk of damage", "Main reason"], rows);
}

/** What the colours of the picture mean. */
export function legendOf(result, load, colours, mode) {
  const risks = itemRisks(result);
  const meaning = (item) => (mode === "risk" ? (levelOf(risks.get(item) ?? {}) ?? "not predicted") : item);
  const found = new Map([...colours].map(([item, colour]) => [meaning(item), colour]));
  const lines = [...found].slice(0, LEGEND_LINES).map(([name, colour]) => element("li", {}, swatch(colour), name));
  const more = found.size - lines.length;
  if (more > 0) lines.push(element("li", {}, `and ${more} more`));
  const mark = element("span", { className: "packing-centre", "aria-hidden": "true" });
  if (load.centre !== null) lines.push(element("li", {}, mark, "centre of gravity"));
  return lines;
}

function swatch(colour) {
  const patch = element("span", { className: "packing-swatch", "aria-hidden": "true" });
  patch.style.backgroundColor = css(colour);
  return patch;
}

/** Every piece in its load order. `onPick` gets the index of the one that was picked. */
export function placementTable(load, onPick) {
  const rows = load.boxes.map((box, index) => [
    button(String(box.order ?? index + 1), { onclick: () => onPick(index), "aria-label": `Show ${nameOf(box)}` }),
    nameOf(box),
    `${shown(box.w, "", 1)} × ${shown(box.h, "", 1)} × ${shown(box.d, "", 1)}`,
    `${shown(box.x, "", 1)}, ${shown(box.y, "", 1)}, ${shown(box.z, "", 1)}`,
    shown(box.onTop, "kg", 1),
  ]);
  const headings = ["Order", "Piece", "Size in cm (w × h × d)", "Position in cm (x, y, z)", "Load on top"];
  return table("Every piece in its load order", headings, rows);
}

/** What is known of one piece; a hint where none stands out. */
export function pieceDetails(load, index, risks) {
  const box = load.boxes[index];
  if (box === undefined) {
    return element("p", { className: "packing-quiet" }, "Point at a piece, or step through the load, to see what it is.");
  }
  const risk = risks.get(box.item);
  const facts = [
    ["Item", nameOf(box)],
    ["Size", `${shown(box.w, "", 1)} × ${shown(box.h, "", 1)} × ${shown(box.d, "", 1)} cm (w × h × d, as it lies)`],
    ["Position", `${shown(box.x, "", 1)} from the left, ${shown(box.y, "", 1)} up, ${shown(box.z, "cm", 1)} from the nose`],
    ["Load order", `${shown(box.order ?? index + 1)} of ${load.boxes.length}`],
    ["Load on top", shown(box.onTop, "kg", 1)],
    ["Weight", shown(box.weight, "kg", 1)],
    ["Supported", percent(box.support, 0)],
    ["Stop", shown(box.stop)],
    ["Risk of damage", risk === undefined ? "not predicted" : `${percent(risk.probability)}, mostly ${words(risk.top_factor)}`],
  ];
  const known = facts.filter(([, value]) => value !== "—");
  return element("dl", {}, ...known.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

export function nameOf({ item, piece }) {
  return piece === null ? item : `${item}, piece ${piece}`;
}
