/** A line chart of the last ten minutes on a canvas, drawn when a point is added or its size changes. */

import { element } from "./elements.js";
import { SPAN_MS, ticks } from "./history.js";

const LEFT = 40;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
const COLOURS = 6;
/** Beside the colour, for those who do not see it; as in the legend. */
const DASHES = [[], [6, 4], [0, 3.5]];
/** A page that was just opened shows its two minutes as large as it can. */
const SPANS_MS = [120_000, 240_000, SPAN_MS];
const MARK = new Intl.NumberFormat("en", { notation: "compact" });

export class LineChart {
  #canvas = element("canvas", { role: "img" });
  #legend = element("ul", { className: "legend" });
  #description;
  #history;

  /** `description` is a row of CHARTS. */
  constructor(container, history, description) {
    [this.#history, this.#description] = [history, description];
    container.append(element("h3", {}, description.title), this.#legend, this.#canvas);
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0) return;
    this.#canvas.width = width * devicePixelRatio;
    this.#canvas.height = height * devicePixelRatio;
    const context = this.#canvas.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = "11px system-ui, sans-serif";
    const { points } = this.#history;
    const marks = ticks(this.#history.most);
    const now = points.at(-1)?.at ?? 0;
    const span = spanOf(now - (points[0]?.at ?? now));
    const x = (at) => LEFT + (width - LEFT - RIGHT) * (1 - (now - at) / span);
    const y = (value) => height - BOTTOM - (height - TOP - BOTTOM) * (value / marks.at(-1));
    this.#drawGrid(context, { width, height, marks, x, y, now, span });
    const lines = this.#lines();
    for (const line of lines) this.#drawLine(context, line, x, y);
    this.#describe(lines);
  }

  /** A code keeps its colour, and is not shown while it has not occurred. */
  #lines() {
    const { names, points } = this.#history;
    const lines = names.map((name, index) => ({
      name,
      colour: this.#style(`--line-${(index % COLOURS) + 1}`),
      dash: index % DASHES.length,
    }));
    if (!this.#description.byCode) return lines;
    return lines.filter(({ name }) => points.some(({ values }) => values?.[name] > 0));
  }

  #drawGrid(context, { width, height, marks, x, y, now, span }) {
    context.strokeStyle = this.#style("--line");
    context.fillStyle = this.#style("--quiet");
    context.textAlign = "right";
    for (const mark of marks) {
      context.beginPath();
      context.moveTo(LEFT, Math.round(y(mark)) + 0.5);
      context.lineTo(width - RIGHT, Math.round(y(mark)) + 0.5);
      context.stroke();
      context.fillText(MARK.format(mark), LEFT - 6, y(mark) + 4);
    }
    for (const part of [1, 0.5, 0]) {
      context.textAlign = part === 0 ? "right" : "center";
      context.fillText(part === 0 ? "now" : `−${(part * span) / 60_000} min`, x(now - part * span), height - 5);
    }
  }

  #drawLine(context, { name, colour, dash }, x, y) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(DASHES[dash]);
    context.lineJoin = context.lineCap = "round";
    context.beginPath();
    let isDown = false;
    for (const point of this.#history.points) {
      const value = this.#value(point, name);
      // A value between two gaps is a dot.
      if (value !== null && !isDown) context.moveTo(x(point.at), y(value));
      if (value !== null) context.lineTo(x(point.at), y(value));
      isDown = value !== null;
    }
    context.stroke();
    const newest = this.#history.points.at(-1);
    if (!isDown) return;
    context.beginPath();
    context.arc(x(newest.at), y(this.#value(newest, name)), 3, 0, 2 * Math.PI);
    context.fill();
  }

  /** Null where nothing is known; a code that is not there did not occur. */
  #value({ values }, name) {
    return values && (values[name] ?? (this.#description.byCode ? 0 : null));
  }

  /** The newest values, for those who read and for those who do not see. */
  #describe(lines) {
    const newest = this.#history.points.at(-1) ?? { values: null };
    const told = lines.map((line) => ({ ...line, words: this.#words(this.#value(newest, line.name)) }));
    this.#legend.replaceChildren(...(told.length > 0 ? told.map(legendOf) : [element("li", {}, "none")]));
    const words = told.map((line) => `${line.name} ${line.words}`).join(", ") || "none";
    this.#canvas.setAttribute("aria-label", `${this.#description.title}, the last ten minutes; now ${words}`);
  }

  #words(value) {
    return value === null ? "—" : this.#description.format(value);
  }

  #style(name) {
    return getComputedStyle(this.#canvas).getPropertyValue(name).trim();
  }
}

function legendOf({ name, colour, dash, words }) {
  const patch = element("span", { className: "patch", "aria-hidden": "true", "data-dash": String(dash) });
  patch.style.color = colour;
  return element("li", {}, patch, `${name} `, element("strong", {}, words));
}

function spanOf(length) {
  return SPANS_MS.find((span) => span >= length) ?? SPAN_MS;
}
