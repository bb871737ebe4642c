/** Colours of boxes: by item, or by damage risk. Each is [red, green, blue], 0 to 1. No DOM. */

import { levelOf } from "./values.js";

const ITEMS = ["4c78a8", "f58518", "54a24b", "b279a2", "eeca3b", "72b7b2", "e45756", "9d755d", "ff9da6", "8a8fd8"];
const RISKS = { critical: "c0264b", high: "e5672b", medium: "e8b93a", low: "7fb069", info: "4f9da6" };
const UNKNOWN = "9aa1ab";

/** Map of item to colour, in the order in which the items appear. */
export function coloursByItem(items) {
  return new Map(items.map((item, index) => [item, index < ITEMS.length ? fromHex(ITEMS[index]) : turned(index)]));
}

/** Grey for an item of which nothing was predicted. */
export function coloursByRisk(items, risks) {
  return new Map(items.map((item) => [item, fromHex(RISKS[levelOf(risks.get(item) ?? {})] ?? UNKNOWN)]));
}

export function css([red, green, blue]) {
  return `rgb(${[red, green, blue].map((part) => Math.round(255 * part)).join(" ")})`;
}

function fromHex(hex) {
  return [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16) / 255);
}

/** Neighbours are a golden angle apart, so that no two of them look alike. */
function turned(index) {
  const hue = (index * 137.508) % 360;
  const light = 0.45 + 0.2 * ((index % 3) / 2);
  return [0, 8, 4].map((shift) => {
    const k = (shift + hue / 30) % 12;
    return light - 0.55 * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}
