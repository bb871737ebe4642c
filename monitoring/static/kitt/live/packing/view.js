/** The container on the screen: turned by hand, drawn only when something changed. */

import { Camera } from "./camera.js";
import { button, element } from "./dom.js";
import { firstHit } from "./geometry.js";
import { listen } from "./gestures.js";
import { Labels } from "./labels.js";
import { Scene } from "./scene.js";

const NO_WEBGL = "This browser cannot draw the container (WebGL 2 is off). The table of placements below has it all.";
const ZOOM_A_CLICK = 1.25;
const KEYS = "Arrow keys turn it, plus and minus zoom, 0 resets.";

export class PackingView {
  #canvas = element("canvas", { tabIndex: 0, role: "application", "aria-roledescription": "3D view" });
  #labels = new Labels();
  #buttons = element(
    "div",
    { className: "packing-zoom" },
    button("+", { onclick: () => this.magnify(ZOOM_A_CLICK), "aria-label": "Zoom in" }),
    button("−", { onclick: () => this.magnify(1 / ZOOM_A_CLICK), "aria-label": "Zoom out" }),
    button("⤢", { onclick: () => this.reset(), "aria-label": "Reset view" }),
  );
  #message = element("p", { className: "packing-view-message", role: "status" });
  #camera = new Camera();
  #gl;
  #scene = null;
  #load = null;
  #colours = new Map();
  #shown = { count: 0, newest: -1, picked: -1 };
  #onPick;
  #frame = 0;

  /** `onPick` gets the index of the box that was pointed at, -1 for none. */
  constructor(onPick) {
    this.#onPick = onPick;
    this.element = element("div", { className: "packing-view" }, this.#canvas, this.#labels.element, this.#buttons, this.#message);
    this.#gl = contextOf(this.#canvas);
    if (this.#gl === null) return void this.#say(NO_WEBGL);
    this.#scene = new Scene(this.#gl);
    listen(this.#canvas, this);
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#invalidate());
    this.#canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.#canvas.addEventListener("webglcontextrestored", () => this.#restore());
  }

  /** A load of geometry.js; null or one without a size is said to be missing. */
  show(load, colours) {
    this.#load = load?.inner ? load : null;
    this.#colours = colours;
    this.element.dataset.drawn = String(this.#scene !== null && this.#load !== null);
    if (this.#scene === null) return;
    this.#say(this.#load === null ? "This result says nothing of where the pieces stand." : "");
    if (this.#load === null) return;
    this.#camera.around(this.#load.inner);
    this.#scene.fill(this.#load, colours);
    this.#invalidate();
  }

  recolour(colours) {
    this.#colours = colours;
    if (this.#load === null) return;
    this.#scene?.colour(this.#load.boxes, colours);
    this.#invalidate();
  }

  /** The first `count` boxes; `newest` and `picked` are indexes of boxes that stand out, -1 for none. */
  reveal({ count, newest, picked }) {
    this.#shown = { count, newest, picked };
    this.#canvas.setAttribute("aria-label", `Container with ${count} of ${this.#load?.boxes.length ?? 0} pieces. ${KEYS}`);
    this.#invalidate();
  }

  rotate(turn, tilt) {
    this.#camera.rotate(turn, tilt);
    this.#invalidate();
  }

  magnify(factor) {
    this.#camera.magnify(factor);
    this.#invalidate();
  }

  reset() {
    this.#camera.reset();
    this.#invalidate();
  }

  pick(x, y) {
    if (this.#load === null) return;
    const { origin, direction } = this.#camera.ray([x / this.#canvas.clientWidth, y / this.#canvas.clientHeight]);
    this.#onPick(firstHit(this.#load.boxes.slice(0, this.#shown.count), origin, direction));
  }

  #say(message) {
    this.#message.textContent = message;
    for (const part of [this.#canvas, this.#labels.element, this.#buttons]) part.hidden = message !== "";
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.#camera.onto(clientWidth, clientHeight);
    // At once: a canvas that was given another size is empty.
    this.#draw();
  }

  #restore() {
    this.#scene = new Scene(this.#gl);
    this.show(this.#load, this.#colours);
  }

  #invalidate() {
    if (this.#frame === 0 && this.#scene !== null) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#load === null || this.#gl.isContextLost()) return;
    const ink = inkOf(this.element);
    this.#scene.draw(this.#camera, { ...this.#shown, ink, pixelRatio: devicePixelRatio });
    this.#labels.place(this.#load, this.#camera, { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight });
  }
}

/** Smooth edges where a graphics processor draws them; in software they took three times as long. */
function contextOf(canvas) {
  const quick = { antialias: true, failIfMajorPerformanceCaveat: true };
  return canvas.getContext("webgl2", quick) ?? canvas.getContext("webgl2", { antialias: false });
}

/** The colour of the text, 0 to 1: dark on light, or the other way round. */
function inkOf(node) {
  const parts = getComputedStyle(node).color.match(/[\d.]+/g) ?? [];
  return [0, 1, 2].map((index) => Number(parts[index] ?? 128) / 255);
}
