/** Which part of the world is seen: where the middle is, and how many pixels the world is wide. */

const MIN_SCALE = 300;
const MAX_SCALE = 400_000;
const MARGIN_PX = 36;

export class Viewport {
  x = 0.23;
  y = 0.385;
  scale = 2_000;
  width = 0;
  height = 0;

  toScreen([x, y]) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  pan(dx, dy) {
    this.x = clamp(this.x - dx / this.scale, 0, 1);
    this.y = clamp(this.y - dy / this.scale, 0, 1);
  }

  /** Keeps the place under (`px`, `py`) where it is. */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const before = this.scale;
    this.scale = clamp(before * factor, MIN_SCALE, MAX_SCALE);
    this.x += (px - this.width / 2) * (1 / before - 1 / this.scale);
    this.y += (py - this.height / 2) * (1 / before - 1 / this.scale);
  }

  moveTo([x, y], scale = this.scale) {
    Object.assign(this, { x, y, scale: clamp(scale, MIN_SCALE, MAX_SCALE) });
  }

  /** Show all of these points. */
  fit(points) {
    if (points.length === 0 || this.width === 0) return;
    const [left, right] = range(points.map(([x]) => x));
    const [top, bottom] = range(points.map(([, y]) => y));
    const across = Math.max(1, this.width - 2 * MARGIN_PX) / Math.max(right - left, 1e-3);
    const down = Math.max(1, this.height - 2 * MARGIN_PX) / Math.max(bottom - top, 1e-3);
    this.moveTo([(left + right) / 2, (top + bottom) / 2], Math.min(across, down));
  }
}

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

function range(values) {
  return values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}
