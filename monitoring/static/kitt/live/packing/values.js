/** What a payload says, as far as it says it: every field may be absent, and none is trusted to be of its type. */

/** The published cut-offs of docs/payloads.md, the worst first. */
export const LEVELS = Object.freeze([
  ["critical", 0.6],
  ["high", 0.35],
  ["medium", 0.15],
  ["low", 0.05],
  ["info", 0],
]);

export function number(value) {
  return Number.isFinite(value) ? value : null;
}

/** Null where it is not text, or empty. */
export function text(value) {
  return typeof value === "string" && value !== "" ? value : null;
}

export function object(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** The objects of an array; what else is in it is passed over. */
export function objects(value) {
  return Array.isArray(value) ? value.filter((each) => object(each) === each) : [];
}

export function texts(value) {
  return Array.isArray(value) ? value.filter((each) => text(each) !== null) : [];
}

/** {x, y, z} or whatever the keys are; null unless each is a number. */
export function numbers(value, keys) {
  const found = keys.map((key) => number(object(value)[key]));
  return found.includes(null) ? null : Object.fromEntries(keys.map((key, index) => [key, found[index]]));
}

/** Null where it is none: another link could run a script. */
export function webAddress(value) {
  return /^https?:\/\//i.test(text(value) ?? "") ? value : null;
}

/** The sender's own level, else that of the probability; null where there is neither. */
export function levelOf({ level, probability }) {
  if (LEVELS.some(([name]) => name === level)) return level;
  if (number(probability) === null) return null;
  return LEVELS.find(([, least]) => probability >= least)?.[0] ?? null;
}

/** "12,345 kg"; an em dash where there is nothing. */
export function shown(value, unit = "", digits = 0) {
  if (number(value) === null) return "—";
  const figure = value.toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "" ? figure : `${figure} ${unit}`;
}

/** A ratio as "66.3 %". */
export function percent(ratio, digits = 1) {
  return number(ratio) === null ? "—" : shown(100 * ratio, "%", digits);
}

/** "no_space" as "no space". */
export function words(code) {
  return text(code)?.replaceAll("_", " ") ?? "not said";
}
