/** A line chart of the last ten minutes on a canvas, drawn when a point is added or its size changes. */

import { element } from "./elements.js";
import { SPAN_MS, ticks } from "./history.js";

const LEFT = 44;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;
/** A page that was just opened shows its two minutes as large as it can. */
const SPANS_MS = [120_000, 240_000, SPAN_MS];

export class LineChart {
  #canvas = element("canvas", { role: "img" });
  #legend = element("ul", { className: "legend" });
  #names;
  #format;
  #history;

  /** `names` are keys of the history's values; `format` makes text of a number. */
  constructor(container, history, names, format) {
    [this.#history, this.#names, this.#format] = [history, names, format];
    container.replaceChildren(this.#legend, this.#canvas);
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
    const most = points.reduce((found, { values }) => Math.max(found, ...this.#names.map((name) => values[name] ?? 0)), 0);
    const marks = ticks(most);
    const now = points.at(-1)?.at ?? 0;
    const span = spanOf(now - (points[0]?.at ?? now));
    const x = (at) => LEFT + (width - LEFT - RIGHT) * (1 - (now - at) / span);
    const y = (value) => height - BOTTOM - (height - TOP - BOTTOM) * (value / marks.at(-1));
    this.#drawGrid(context, { width, height, marks, x, y, now, span });
    this.#names.forEach((name, index) => this.#drawLine(context, name, this.#style(`--line-${index + 1}`), x, y));
    this.#describe();
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
      context.fillText(mark.toLocaleString("en"), LEFT - 6, y(mark) + 4);
    }
    for (const part of [1, 0.75, 0.5, 0.25, 0]) {
      context.textAlign = part === 0 ? "right" : "center";
      context.fillText(part === 0 ? "now" : `−${(part * span) / 60_000} min`, x(now - part * span), height - 6);
    }
  }

  #drawLine(context, name, colour, x, y) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 1.75;
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    for (const { at, values } of this.#history.points) {
      const value = values[name] ?? null;
      if (value !== null) context[isDown ? "lineTo" : "moveTo"](x(at), y(value));
      isDown = value !== null;
    }
    context.stroke();
    const newest = this.#history.points.at(-1);
    if (newest === undefined || (newest.values[name] ?? null) === null) return;
    context.beginPath();
    context.arc(x(newest.at), y(newest.values[name]), 3, 0, 2 * Math.PI);
    context.fill();
  }

  /** The newest values, for those who read and for those who do not see. */
  #describe() {
    const told = this.#names.map((name) => [name, this.#format(this.#history.newest[name] ?? null)]);
    const lines = told.map(([name, words], index) => {
      const patch = element("span", { className: "patch", "aria-hidden": "true" });
      patch.style.backgroundColor = this.#style(`--line-${index + 1}`);
      return element("li", {}, patch, `${name} `, element("strong", {}, words));
    });
    this.#legend.replaceChildren(...lines);
    this.#canvas.setAttribute("aria-label", `The last ten minutes; now ${told.map((pair) => pair.join(" ")).join(", ")}`);
  }

  #style(name) {
    return getComputedStyle(this.#canvas).getPropertyValue(name).trim();
  }
}

function spanOf(length) {
  return SPANS_MS.find((span) => span >= length) ?? SPAN_MS;
}
