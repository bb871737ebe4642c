/** How a hand turns and magnifies a picture: mouse, touch, wheel and keys. */

const DEGREES_A_PIXEL = 0.4;
const DEGREES_A_KEY = 6;
const ZOOM_A_KEY = 1.2;
const ZOOM_A_WHEEL_PIXEL = 1.0015;
const WHEEL_LINE = 30;
/** A pointer that moved less than so many pixels meant to pick, not to turn. */
const STILL = 4;

const KEYS = {
  ArrowLeft: (hand) => hand.rotate(DEGREES_A_KEY, 0),
  ArrowRight: (hand) => hand.rotate(-DEGREES_A_KEY, 0),
  ArrowUp: (hand) => hand.rotate(0, DEGREES_A_KEY),
  ArrowDown: (hand) => hand.rotate(0, -DEGREES_A_KEY),
  "+": (hand) => hand.magnify(ZOOM_A_KEY),
  "=": (hand) => hand.magnify(ZOOM_A_KEY),
  "-": (hand) => hand.magnify(1 / ZOOM_A_KEY),
  0: (hand) => hand.reset(),
  Home: (hand) => hand.reset(),
};

/** `hand`: rotate(turn, tilt) in degrees, magnify(factor), reset(), pick(x, y) in CSS pixels from the upper left corner. */
export function listen(canvas, hand) {
  const pointers = new Map();
  let travelled = 0;

  canvas.addEventListener("pointerdown", (event) => {
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, placeOf(event));
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = placeOf(event);
    const spread = spreadOf(pointers);
    pointers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const share = DEGREES_A_PIXEL / pointers.size;
    hand.rotate(-(now.x - before.x) * share, (now.y - before.y) * share);
    if (spread > 0) hand.magnify(spreadOf(pointers) / spread);
  });

  canvas.addEventListener("pointerup", (event) => {
    if (pointers.size === 1 && travelled < STILL) hand.pick(event.offsetX, event.offsetY);
  });

  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE;
      hand.magnify(ZOOM_A_WHEEL_PIXEL ** -pixels);
    },
    { passive: false },
  );

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key](hand);
  });
}

function placeOf(event) {
  return { x: event.clientX, y: event.clientY };
}

/** How far two fingers are apart; 0 where there are not two. */
function spreadOf(pointers) {
  if (pointers.size !== 2) return 0;
  const [one, other] = pointers.values();
  return Math.hypot(one.x - other.x, one.y - other.y);
}
