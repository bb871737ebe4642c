/** The map: outlines below, everything that moves above. */

import { el } from "../panels/dom.js";
import { duration, plain } from "../state/words.js";
import { drawHazard, drawMarker, drawRoute } from "./drawing.js";
import { listen } from "./gestures.js";
import { look, nearest, place } from "./markers.js";
import { Outlines } from "./outlines.js";
import { project } from "./projection.js";
import { Viewport } from "./viewport.js";

const COLOURS = [
  ...["water", "land", "coast", "border", "state", "label", "halo", "text", "cluster", "selected"],
  ...["moving", "stopped", "late", "offline", "traffic", "weather", "weather_critical", "weather_high"],
];
// What moves on its own need not be smooth; what is moved by hand must be.
const REDRAW_MS = 120;
const CLUSTER_ZOOM = 2.2;
const FOLLOW_SCALE = 6_000;

export class MapPanel {
  #element;
  #canvases;
  #tip;
  #viewport = new Viewport();
  #outlines = new Outlines();
  #colours = {};
  #markers = [];
  #views = [];
  #hazards = [];
  #selected = null;
  #onSelect;
  #onMove;
  #isMoved = true;
  #isTouched = false;
  #ratio = 1;
  #drawnAt = 0;

  /** `onSelect(id)` when a shipment is clicked; `onMove()` when it has to be drawn anew. */
  constructor(element, { onSelect, onMove }) {
    this.#onMove = onMove;
    this.#element = element;
    this.#onSelect = onSelect;
    this.#canvases = [...element.querySelectorAll("canvas")].map((canvas) => canvas.getContext("2d"));
    this.#tip = element.querySelector(".tip");
    this.#readColours();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#readColours());
    new ResizeObserver(() => this.#resize()).observe(element);
    listen(this.#canvases[1].canvas, {
      pan: (dx, dy) => this.#move(() => this.#viewport.pan(dx, dy)),
      zoom: (factor, x, y) => this.#move(() => this.#viewport.zoom(factor, x, y)),
      fit: () => this.fit(),
      click: (x, y) => this.#click(x, y),
      hover: (x, y) => this.#hover(x, y),
      leave: () => (this.#tip.hidden = true),
    });
    const buttons = { in: () => this.#viewport.zoom(1.6), out: () => this.#viewport.zoom(1 / 1.6), all: () => this.fit() };
    for (const button of element.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.#move(buttons[button.dataset.zoom]));
    }
  }

  async load(url) {
    await this.#outlines.load(url);
    this.#moved();
  }

  /** What there is to see; drawn by the next `draw`. */
  show(views, hazards, selected) {
    this.#views = views;
    this.#hazards = hazards;
    this.#selected = selected;
  }

  /** Move to a shipment that was chosen elsewhere. */
  goTo({ position, origin }) {
    const at = position ?? origin;
    if (at?.lat == null) return;
    this.#move(() => this.#viewport.moveTo(project(at.lon, at.lat), Math.max(this.#viewport.scale, FOLLOW_SCALE)));
  }

  fit() {
    const places = this.#views.map(({ shipment }) => shipment.position).filter(Boolean);
    this.#viewport.fit(places.map(({ lon, lat }) => project(lon, lat)));
    this.#isTouched = false;
    this.#moved();
  }

  draw(now) {
    if (this.#viewport.width === 0) return;
    if (!this.#isTouched && this.#markers.length < this.#views.length / 2) this.fit();
    if (!this.#isMoved && now - this.#drawnAt < REDRAW_MS) return;
    const [base, top] = this.#canvases;
    if (this.#isMoved) this.#outlines.draw(base, this.#viewport, this.#colours, this.#ratio);
    this.#isMoved = false;
    this.#drawnAt = now;
    this.#drawTop(top);
  }

  #drawTop(context) {
    const { width, height } = this.#viewport;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    for (const hazard of this.#hazards) drawHazard(context, hazard, this.#viewport, this.#colours);
    if (this.#selected) drawRoute(context, this.#selected, this.#viewport, this.#colours);
    this.#markers = place(this.#views, this.#viewport, this.#selected?.id);
    for (const marker of this.#markers) drawMarker(context, marker, this.#colours, this.#selected?.id);
  }

  #move(change) {
    this.#isTouched = true;
    change();
    this.#tip.hidden = true;
    this.#moved();
  }

  #moved() {
    this.#isMoved = true;
    this.#onMove();
  }

  #click(x, y) {
    const marker = nearest(this.#markers, x, y);
    if (!marker) return;
    if (marker.views.length === 1) return this.#onSelect(marker.views[0].shipment.id);
    this.#move(() => this.#viewport.zoom(CLUSTER_ZOOM, marker.x, marker.y));
  }

  #hover(x, y) {
    const marker = nearest(this.#markers, x, y);
    this.#canvases[1].canvas.classList.toggle("over", marker !== null);
    this.#tip.hidden = marker === null;
    if (marker === null) return;
    this.#tip.replaceChildren(...tipOf(marker));
    this.#tip.style.transform = `translate(${Math.round(Math.min(x + 14, this.#viewport.width - 220))}px, ${Math.round(y + 14)}px)`;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#element;
    this.#ratio = Math.min(devicePixelRatio, 2);
    for (const { canvas } of this.#canvases) {
      canvas.width = Math.round(width * this.#ratio);
      canvas.height = Math.round(height * this.#ratio);
    }
    Object.assign(this.#viewport, { width, height });
    this.#moved();
    if (!this.#isTouched) this.fit();
  }

  #readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of COLOURS) this.#colours[name] = style.getPropertyValue(`--map-${name}`).trim();
    this.#moved();
  }
}

const NAMED = 6;

function tipOf({ views }) {
  if (views.length > 1) {
    const names = views.slice(0, NAMED).map(({ shipment }) => el("div", { text: shipment.id }));
    const more = views.length > NAMED ? [el("div", { class: "dim", text: `and ${views.length - NAMED} more` })] : [];
    return [el("strong", { text: `${views.length} shipments` }), ...names, ...more];
  }
  const [view] = views;
  const { shipment } = view;
  const lane = shipment.origin ? `${shipment.origin.name} → ${shipment.destination.name}` : "";
  const speed = shipment.position.speed_kph === undefined ? "" : `, ${Math.round(shipment.position.speed_kph)} km/h`;
  return [
    el("strong", { text: shipment.id }),
    el("div", { text: lane }),
    el("div", { class: "dim", text: `${plain(shipment.status)}${view.isLate ? ", late" : ""} · ${look(view)}${speed} · ${duration(view.ageMs)} ago` }),
  ];
}
