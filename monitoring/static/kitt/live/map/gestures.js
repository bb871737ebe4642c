/** Mouse, fingers and keys, turned into pan, zoom, click and hover. */

const STEP_PX = 60;
const ZOOM_STEP = 1.6;
const CLICK_WITHIN_PX = 5;
const LINE_PX = 16;

/** `on` has pan(dx, dy), zoom(factor, x, y), fit(), click(x, y), hover(x, y) and leave(). */
export function listen(element, on) {
  const fingers = new Map();
  let travelled = 0;

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    if (fingers.size === 1) travelled = 0;
  });

  element.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) return on.hover(now.x, now.y);
    fingers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return on.pan(now.x - before.x, now.y - before.y);
    const factor = distance(now, other) / Math.max(distance(before, other), 1);
    on.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    on.zoom(factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
  });

  const lift = (event) => {
    const was = fingers.delete(event.pointerId);
    const { x, y } = place(event);
    if (was && event.type === "pointerup" && fingers.size === 0 && travelled < CLICK_WITHIN_PX) on.click(x, y);
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
  element.addEventListener("pointerleave", () => on.leave());

  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = place(event);
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY;
      on.zoom(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 250), x, y);
    },
    { passive: false },
  );

  const keys = {
    ArrowLeft: () => on.pan(STEP_PX, 0),
    ArrowRight: () => on.pan(-STEP_PX, 0),
    ArrowUp: () => on.pan(0, STEP_PX),
    ArrowDown: () => on.pan(0, -STEP_PX),
    "+": () => on.zoom(ZOOM_STEP),
    "=": () => on.zoom(ZOOM_STEP),
    "-": () => on.zoom(1 / ZOOM_STEP),
    0: () => on.fit(),
  };
  element.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);
