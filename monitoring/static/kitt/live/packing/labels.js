/** Words at places of the picture: where the nose and the doors are, how large the container is, where its weight lies. */

import { element } from "./dom.js";
import { shown } from "./values.js";

const SIDES = ["width", "height", "depth"];
/** A side that is seen shorter has no room for its length. */
const LEAST_PIXELS = 28;

export class Labels {
  #labels = Object.fromEntries(
    ["nose", "doors", "centre", ...SIDES].map((name) => {
      const className = name === "centre" ? "packing-centre" : "packing-label";
      return [name, element("span", { className, "data-at": name })];
    }),
  );
  element = element("div", { className: "packing-labels", "aria-hidden": "true" }, ...Object.values(this.#labels));

  /** `camera` sees the load on a picture of `width` by `height` CSS pixels. */
  place({ inner, isInnerGiven, centre }, camera, { width, height }) {
    const seen = (point) => {
      const [across, down] = camera.project(point);
      return [across * width, down * height];
    };
    const [nose, doors] = [0, inner.depth].map((z) => seen([inner.width / 2, inner.height, z]));
    this.element.dataset.left = nose[0] < doors[0] ? "nose" : "doors";
    this.#put("nose", "Nose", nose);
    this.#put("doors", "Doors", doors);
    this.#put("centre", "", centre === null ? null : seen([centre.x, centre.y, centre.z]));
    if (!isInnerGiven) return SIDES.forEach((side) => this.#put(side, "", null));
    this.#measure("width", inner, seen, lowest);
    this.#measure("height", inner, seen, leftmost);
    this.#measure("depth", inner, seen, lowest);
  }

  /** At one of the four edges that run along this side. */
  #measure(side, inner, seen, choose) {
    const edges = edgesAlong(side, inner).map((ends) => ends.map(seen));
    const [one, other] = edges.reduce((best, edge) => (choose(edge) > choose(best) ? edge : best));
    const isLong = Math.hypot(one[0] - other[0], one[1] - other[1]) >= LEAST_PIXELS;
    const middle = [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    this.#put(side, shown(inner[side], "cm"), isLong ? middle : null);
  }

  #put(name, words, place) {
    const label = this.#labels[name];
    label.hidden = place === null;
    if (place === null) return;
    if (label.textContent !== words) label.textContent = words;
    // Text at a part of a pixel is blurred.
    label.style.translate = `${Math.round(place[0])}px ${Math.round(place[1])}px`;
  }
}

/** Each as its two ends. */
function edgesAlong(side, inner) {
  const along = SIDES.indexOf(side);
  return [[0, 0], [0, 1], [1, 0], [1, 1]].map((corner) =>
    [0, 1].map((end) => SIDES.map((each, axis) => inner[each] * (axis === along ? end : corner[axis > along ? axis - 1 : axis]))),
  );
}

const lowest = ([one, other]) => one[1] + other[1];
const leftmost = ([one, other]) => -one[0] - other[0];
