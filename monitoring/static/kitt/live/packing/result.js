/** One packing result: its head, the container in 3D, the steps of loading, the facts, the tables. */

import { clockWithSeconds } from "../state/words.js";
import { coloursByItem, coloursByRisk } from "./colours.js";
import { element } from "./dom.js";
import { leftOutOf, riskSection, useOf } from "./facts.js";
import { loadOf } from "./geometry.js";
import { riskTag, statusOf } from "./list.js";
import { itemRisks, riskOf } from "./results.js";
import { PackingSteps } from "./steps.js";
import { itemTable, itemsOf, legendOf, nameOf, pieceDetails, placementTable } from "./tables.js";
import { shown, text } from "./values.js";
import { PackingView } from "./view.js";

const NO_CONTAINER = Object.freeze(loadOf({}));

export class PackingResult {
  #result = null;
  #load = NO_CONTAINER;
  #picked = -1;
  #stepped = false;
  #head = element("header", { className: "packing-head" });
  #containers = element("select", { "aria-label": "Container", onchange: () => this.#showLoad(this.#containers.value) });
  #mode = element("select", { "aria-label": "Colours", onchange: () => this.#recolour() });
  #legend = element("ul", { className: "packing-legend", "aria-label": "Legend" });
  #view = new PackingView((index) => this.#pick(index));
  #steps = new PackingSteps(() => this.#step());
  #piece = element("div", { className: "packing-piece", "aria-live": "polite" });
  #facts = element("div", { className: "packing-facts" });
  #items = element("div", { className: "packing-scroll", tabIndex: 0, role: "region", "aria-label": "Items" });
  #table = element("div", { className: "packing-scroll", tabIndex: 0, role: "region", "aria-label": "Placements" });
  #placements = element("details", { ontoggle: () => this.#tabulate() }, element("summary", {}, "Placements as a table"), this.#table);

  constructor() {
    this.#mode.append(element("option", { value: "item" }, "Colour by item"), element("option", { value: "risk" }, "Colour by damage risk"));
    const tools = element("div", { className: "packing-tools" }, this.#containers, this.#mode, this.#legend);
    const parts = [this.#head, tools, this.#view.element, this.#steps.element, this.#piece, this.#items, this.#facts, this.#placements];
    this.element = element("article", { className: "packing-result", hidden: true }, ...parts);
  }

  /** A result, or the same one with another prediction: then what the user looks at stays as it is. */
  show(result) {
    const isSame = this.#result?.key === result.key && this.#result.loads === result.loads;
    this.#result = result;
    this.element.hidden = false;
    this.#head.replaceChildren(...headOf(result));
    if (isSame) return this.#showFacts();
    const options = result.loads.map((load, index) => element("option", { value: index }, containerName(load, index)));
    this.#containers.replaceChildren(...options);
    this.#containers.hidden = options.length < 2;
    this.#showLoad(0);
  }

  #showLoad(index) {
    this.#load = this.#result.loads[index] ?? NO_CONTAINER;
    [this.#picked, this.#stepped] = [-1, false];
    this.#view.show(this.#load, this.#colours());
    this.#steps.load(this.#load.boxes.length, (piece) => nameOf(this.#load.boxes[piece]));
    this.#showFacts();
    this.#reveal();
    this.#tabulate();
  }

  #showFacts() {
    const sections = [useOf(this.#load), leftOutOf(this.#result), riskSection(this.#result)];
    this.#facts.replaceChildren(...sections.filter((section) => section !== null));
    this.#recolour();
    this.#describePiece();
  }

  #recolour() {
    const colours = this.#colours();
    this.#view.recolour(colours);
    this.#legend.replaceChildren(...legendOf(this.#result, this.#load, colours, this.#mode.value));
    this.#items.replaceChildren(itemTable(this.#result, this.#load, colours));
  }

  #colours() {
    const items = itemsOf(this.#result);
    return this.#mode.value === "risk" ? coloursByRisk(items, itemRisks(this.#result)) : coloursByItem(items);
  }

  #pick(index) {
    this.#picked = index;
    if (index >= this.#steps.count) this.#steps.load(this.#load.boxes.length, (piece) => nameOf(this.#load.boxes[piece]));
    this.#reveal();
  }

  #step() {
    [this.#picked, this.#stepped] = [-1, true];
    this.#reveal();
  }

  #reveal() {
    const count = this.#steps.count;
    this.#view.reveal({ count, newest: this.#newest(), picked: this.#picked });
    this.#describePiece();
  }

  /** Only who steps through a load looks for the newest piece. */
  #newest() {
    return this.#stepped ? this.#steps.count - 1 : -1;
  }

  #describePiece() {
    const index = this.#picked >= 0 ? this.#picked : this.#newest();
    this.#piece.replaceChildren(pieceDetails(this.#load, index, itemRisks(this.#result)));
  }

  /** Thousands of rows are made for those alone who open the table. */
  #tabulate() {
    const isOpen = this.#placements.open && this.#result !== null;
    this.#table.replaceChildren(...(isOpen ? [placementTable(this.#load, (index) => this.#pick(index))] : []));
  }
}

function headOf(result) {
  const missing = result.pieces - result.loads.reduce((sum, load) => sum + load.boxes.length, 0);
  const made = [
    result.packing,
    `${shown(result.pieces)} pieces loaded, ${shown(result.leftOut)} left out`,
    missing > 0 ? `${shown(missing)} without a position or a size` : null,
    result.algorithm,
    result.computedMs === null ? null : `computed in ${shown(result.computedMs, "ms")}`,
    `${clockWithSeconds(result.at)} from ${text(result.sender) ?? "?"}, offset ${shown(result.offset)}`,
  ];
  return [
    element("h3", {}, result.shipments.join(", ") || result.key),
    statusOf(result),
    riskTag(riskOf(result)),
    result.source === "simulated" ? element("span", { className: "packing-tag" }, "simulated") : "",
    element("p", { className: "packing-quiet" }, made.filter((part) => part !== null).join(" · ")),
    result.placementsUrl === null
      ? ""
      : element("a", { href: result.placementsUrl, target: "_blank", rel: "noreferrer" }, "The placements are kept elsewhere"),
  ];
}

function containerName(load, index) {
  return [load.id ?? `container ${index + 1}`, load.type].filter((part) => part !== null).join(", ");
}
