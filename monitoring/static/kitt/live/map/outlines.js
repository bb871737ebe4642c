/** Land, lakes, borders and the names of states: read once, drawn at any scale. */

import { project } from "./projection.js";

// Canvas paths are kept in single precision; in a world of 1,000 by 1,000 lines stay thin and sharp.
const WORLD = 1_000;
const LABEL_FROM_PX = 5;
const STATES_FROM_SCALE = 900;

export class Outlines {
  #paths = null;
  #labels = [];

  /** Rejects where the file cannot be had. */
  async load(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const { unit, land, lakes, borders, states, labels } = await response.json();
    const path = (lines, isClosed) => pathOf(lines, unit, isClosed);
    this.#paths = { land: path(land, true), lakes: path(lakes, true), borders: path(borders), states: path(states) };
    this.#labels = labels.map(([name, lon, lat, size]) => ({ name, point: project(lon, lat), size }));
  }

  draw(context, viewport, colours, ratio) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = colours.water;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    if (this.#paths === null) return;
    const scale = (viewport.scale / WORLD) * ratio;
    const [x, y] = viewport.toScreen([0, 0]);
    context.setTransform(scale, 0, 0, scale, x * ratio, y * ratio);
    context.lineJoin = "round";
    fill(context, this.#paths.land, colours.land);
    fill(context, this.#paths.lakes, colours.water);
    const pixel = ratio / scale;
    stroke(context, this.#paths.land, colours.coast, pixel);
    stroke(context, this.#paths.lakes, colours.coast, pixel);
    if (viewport.scale > STATES_FROM_SCALE) stroke(context, this.#paths.states, colours.state, pixel);
    stroke(context, this.#paths.borders, colours.border, 1.4 * pixel);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawLabels(context, viewport, colours);
  }

  #drawLabels(context, viewport, colours) {
    context.font = "500 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillStyle = colours.label;
    for (const { name, point, size } of this.#labels) {
      const degreePx = viewport.scale / 360;
      if (Math.sqrt(size) * degreePx < LABEL_FROM_PX * name.length) continue;
      const [x, y] = viewport.toScreen(point);
      context.fillText(name.toUpperCase(), x, y);
    }
  }
}

function pathOf(lines, unit, isClosed = false) {
  const path = new Path2D();
  for (const line of lines) {
    let lon = 0;
    let lat = 0;
    for (let at = 0; at < line.length; at += 2) {
      lon += line[at];
      lat += line[at + 1];
      const [x, y] = project(lon * unit, lat * unit);
      if (at === 0) path.moveTo(x * WORLD, y * WORLD);
      else path.lineTo(x * WORLD, y * WORLD);
    }
    if (isClosed) path.closePath();
  }
  return path;
}

function fill(context, path, colour) {
  context.fillStyle = colour;
  context.fill(path, "evenodd");
}

function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
