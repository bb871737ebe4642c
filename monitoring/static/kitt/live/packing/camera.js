/** An eye that goes around the container, and how it sees: angles in degrees, lengths in cm. No DOM. */

const VIEW_ANGLE = 18;
const START = Object.freeze({ turn: -56, tilt: 26, zoom: 1 });
/** Room for the doors, which stand open, and in CSS pixels for the labels at both ends. */
const MARGIN = 1.1;
const LABELS = 64;
const MIN_ZOOM = 0.4;
const MAX_ZOOM = 8;
const MAX_TILT = 89;

export class Camera {
  /** From the doors: 0; from the left side, which has x = 0: -90. */
  turn = START.turn;
  tilt = START.tilt;
  zoom = START.zoom;
  #inner = { width: 1, height: 1, depth: 1 };
  #aspect = 1;
  #margin = MARGIN;
  #axes;
  #eye;
  #matrix;

  constructor() {
    this.#look();
  }

  /** A container of this size, seen whole. */
  around(inner) {
    this.#inner = inner;
    this.#look();
  }

  /** What is drawn on, in CSS pixels. */
  onto(width, height) {
    this.#aspect = width / height;
    this.#margin = MARGIN + LABELS / width;
    this.#look();
  }

  rotate(turn, tilt) {
    this.turn += turn;
    this.tilt = clamp(this.tilt + tilt, -MAX_TILT, MAX_TILT);
    this.#look();
  }

  magnify(factor) {
    this.zoom = clamp(this.zoom * factor, MIN_ZOOM, MAX_ZOOM);
    this.#look();
  }

  reset() {
    Object.assign(this, START);
    this.#look();
  }

  get eye() {
    return this.#eye;
  }

  /** For WebGL: column by column. */
  get matrix() {
    return this.#matrix;
  }

  /** Where a point is seen: [0, 0] is the upper left corner, [1, 1] the lower right. */
  project([x, y, z]) {
    const m = this.#matrix;
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    return [
      0.5 + (m[0] * x + m[4] * y + m[8] * z + m[12]) / w / 2,
      0.5 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w / 2,
    ];
  }

  /** The ray through a point of the picture. */
  ray([across, down]) {
    const { right, up, back } = this.#axes;
    const high = Math.tan(radians(VIEW_ANGLE / 2));
    const h = (2 * across - 1) * high * this.#aspect;
    const v = (1 - 2 * down) * high;
    return { origin: this.#eye, direction: back.map((value, axis) => h * right[axis] + v * up[axis] - value) };
  }

  #look() {
    this.#axes = axesOf(radians(this.turn), radians(this.tilt));
    const { width, height, depth } = this.#inner;
    const centre = [width / 2, height / 2, depth / 2];
    const distance = (this.#fittingDistance(centre) * this.#margin) / this.zoom;
    const { right, up, back } = this.#axes;
    this.#eye = centre.map((value, axis) => value + back[axis] * distance);
    const reach = Math.hypot(width, height, depth);
    const [near, far] = [Math.max(distance - reach, distance / 100), distance + reach];
    const v = 1 / Math.tan(radians(VIEW_ANGLE / 2));
    this.#matrix = seen([right, up, back], this.#eye, [v / this.#aspect, v], near, far);
  }

  /** From how far all eight corners are in the picture. */
  #fittingDistance(half) {
    const { right, up, back } = this.#axes;
    const high = Math.tan(radians(VIEW_ANGLE / 2));
    let distance = 0;
    for (let corner = 0; corner < 8; corner += 1) {
      const at = half.map((value, axis) => (corner & (1 << axis) ? value : -value));
      const room = Math.max(Math.abs(dot(at, right)) / (high * this.#aspect), Math.abs(dot(at, up)) / high);
      distance = Math.max(distance, dot(at, back) + room);
    }
    return distance;
  }
}

function axesOf(turn, tilt) {
  const back = [Math.cos(tilt) * Math.sin(turn), Math.sin(tilt), Math.cos(tilt) * Math.cos(turn)];
  const right = [Math.cos(turn), 0, -Math.sin(turn)];
  const up = [-Math.sin(tilt) * Math.sin(turn), Math.cos(tilt), -Math.sin(tilt) * Math.cos(turn)];
  return { right, up, back };
}

/** The view and the perspective in one matrix. */
function seen(axes, eye, [across, high], near, far) {
  const [right, up, back] = axes.map((axis) => [...axis, -dot(axis, eye)]);
  const deep = (far + near) / (near - far);
  const offset = (2 * far * near) / (near - far);
  const matrix = new Float32Array(16);
  for (let column = 0; column < 4; column += 1) {
    matrix[4 * column] = across * right[column];
    matrix[4 * column + 1] = high * up[column];
    matrix[4 * column + 2] = deep * back[column] + (column === 3 ? offset : 0);
    matrix[4 * column + 3] = -back[column];
  }
  return matrix;
}

function dot(one, other) {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
