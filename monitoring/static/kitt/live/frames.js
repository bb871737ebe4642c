/** When to draw: at once when the user moves something, else a few times a second, and not at all when nothing comes. */

const PAUSE_MS = 120;

export class Frames {
  #draw;
  #frame = null;
  #timer = null;

  /** `draw(now)` draws everything that has changed. */
  constructor(draw) {
    this.#draw = draw;
  }

  /** Something came; what comes soon after is drawn with it. */
  soon() {
    this.#timer ??= setTimeout(() => this.now(), PAUSE_MS);
  }

  /** With the next frame of the screen. */
  now() {
    this.#frame ??= requestAnimationFrame((now) => {
      clearTimeout(this.#timer);
      this.#frame = this.#timer = null;
      this.#draw(now);
    });
  }
}
