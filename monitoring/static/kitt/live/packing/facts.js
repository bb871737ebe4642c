/** What is said of a load besides where things stand: how full, how heavy, what was left out, how likely it is damaged. */

import { bar, element, table } from "./dom.js";
import { riskTag } from "./list.js";
import { levelOf, number, object, objects, percent, shown, text, texts, words } from "./values.js";

const REASONS = {
  too_large: "too large for the container",
  too_heavy: "too heavy",
  no_space: "no space left",
  orientation: "may not lie in a way that fits",
  incompatible: "may not travel with the rest",
  time_limit: "the time for computing was over",
};
const BASIS = { rule: "a rule", ml: "a trained model" };

/** How full the container is, where its weight lies, what its axles carry. */
export function useOf(load) {
  const { utilisation, weight, maxWeight, axles } = load;
  const ratio = weight !== null && maxWeight > 0 ? weight / maxWeight : number(utilisation.weight);
  return section(
    "Use of the container",
    ...["volume", "floor"].map((name) => bar(capital(name), utilisation[name], percent(utilisation[name]))),
    bar("Weight", ratio, weightOf(ratio, weight, maxWeight)),
    ...axles.map((axle, index) => axleOf(axle, index)),
    paragraph(sizeOf(load)),
    paragraph(centreOf(load)),
  );
}

function weightOf(ratio, weight, maxWeight) {
  return weight === null ? percent(ratio) : `${shown(weight, "kg")} of ${shown(maxWeight, "kg")} (${percent(ratio)})`;
}

function axleOf(axle, index) {
  const [kg, limit] = [number(axle.kg), number(axle.limit_kg)];
  const name = capital(text(axle.name) ?? `axle ${index + 1}`);
  const over = kg !== null && limit !== null && kg > limit ? ", over the limit" : "";
  const ratio = kg !== null && limit > 0 ? kg / limit : null;
  return bar(`${name} axle`, ratio, `${shown(kg, "kg")} of ${shown(limit, "kg")}${over}`);
}

function sizeOf({ inner, isInnerGiven }) {
  if (inner === null) return "The size of the container is not given.";
  const size = `${shown(inner.width)} × ${shown(inner.height)} × ${shown(inner.depth)} cm (width × height × depth)`;
  return isInnerGiven ? `Inside ${size}.` : `The size of the container is not given; what stands in it takes ${size}.`;
}

function centreOf({ centre, inner }) {
  if (centre === null || inner === null) return "The centre of gravity is not given.";
  const aside = centre.x - inner.width / 2;
  const side = Math.abs(aside) < 0.05 ? "in the middle" : `${shown(Math.abs(aside), "cm", 1)} ${aside < 0 ? "left" : "right"} of the middle`;
  const along = `${shown(centre.z, "cm")} from the nose (${percent(centre.z / inner.depth, 0)} of the depth)`;
  return `Centre of gravity ${side}, ${shown(centre.y, "cm")} above the floor, ${along}.`;
}

/** What did not fit, and why; null where all did. */
export function leftOutOf({ unpacked }) {
  if (unpacked.length === 0) return null;
  const rows = unpacked.map((each) => [text(each.item_id) ?? "unnamed item", shown(number(each.quantity)), reasonOf(each.reason)]);
  return section("Left out", table("What was left out, and why", ["Item", "Pieces", "Why"], rows));
}

function reasonOf(reason) {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason] : words(reason);
}

/** The damage prediction: how likely, why, what to do, and how much that is worth. */
export function riskSection({ prediction }) {
  if (prediction === null) return section("Risk of damage", paragraph("Nobody has predicted it for this load."));
  const { probability, probability_low: low, probability_high: high, factors, recommendations } = prediction;
  const range = number(low) === null || number(high) === null ? "" : ` (${percent(low)} to ${percent(high)})`;
  return section(
    "Risk of damage",
    element("p", { className: "packing-risk" }, riskTag(levelOf(prediction)), ` ${percent(probability)}${range}`),
    ...objects(factors).map(factorOf),
    adviceOf(objects(recommendations)),
    lossOf(object(prediction.expected_loss)),
    element("p", { className: "packing-quiet" }, modelOf(object(prediction.model))),
  );
}

function factorOf({ code, contribution, detail }) {
  const share = number(contribution);
  const sign = share > 0 ? "+" : "";
  const factor = bar(capital(words(code)), share === null ? null : Math.abs(share), `${sign}${shown(share, "", 3)}`);
  if (text(detail) !== null) factor.append(paragraph(detail));
  return factor;
}

function adviceOf(recommendations) {
  if (recommendations.length === 0) return null;
  const lines = recommendations.map((each) => {
    const items = texts(each.item_ids);
    const which = items.length > 0 ? ` (${items.join(", ")})` : "";
    return element("li", {}, `${text(each.text) ?? capital(words(each.code))}${which}`);
  });
  return element("div", {}, element("h4", {}, "What to do"), element("ul", {}, ...lines));
}

function lossOf({ amount, currency }) {
  return number(amount) === null ? null : paragraph(`Expected loss: ${shown(amount, text(currency) ?? "", 2)}.`);
}

/** Never more than the sender says: a rule must not look like a trained model. */
function modelOf({ name, version, basis, calibrated }) {
  const told = [text(name), text(version) === null ? null : `version ${version}`].filter((part) => part !== null);
  const made = Object.hasOwn(BASIS, basis) ? BASIS[basis] : "basis not said";
  const checked = { true: "calibrated", false: "not calibrated" }[String(calibrated)] ?? "calibration not said";
  return `Predicted by ${[...told, made, checked].join(", ")}.`;
}

function section(title, ...children) {
  return element("section", { className: "packing-card" }, element("h3", {}, title), ...children.filter((child) => child !== null));
}

function paragraph(words) {
  return element("p", {}, words);
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
