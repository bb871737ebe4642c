/** Whether the other end is there: heartbeats, and the judgement of silence. */

const MAX_TICK_MS = 1_000;
// So many ticks late, and the timers stood still: the machine slept, or the browser froze the page.
const GAP_TICKS = 5;

/**
 * Sends a heartbeat when nothing was said or heard for `intervalMs`. Every heartbeat is answered; where that takes
 * longer than half of `answerWithinMs` the line is stale, and where it takes all of it, dead.
 *
 * Durations are taken from the monotonic clock, which may stand still in a sleep; that is found by the other one.
 */
export class Pulse {
  #intervalMs;
  #answerWithinMs;
  #beat;
  #onStale;
  #onDead;
  #timer;
  #tickedAt = Date.now();
  #spoke = performance.now();
  #heard = performance.now();
  #askedAt = null;
  #isAskedAnew = false;

  /** `beat` sends a heartbeat; `onStale` is told about both changes; `onDead` once. */
  constructor({ intervalMs, answerWithinMs, beat, onStale, onDead }) {
    this.#intervalMs = intervalMs;
    this.#answerWithinMs = answerWithinMs;
    this.#beat = beat;
    this.#onStale = onStale;
    this.#onDead = onDead;
    this.isStale = false;
    /** When the last frame came, in ms since 1970. */
    this.heardAt = Date.now();
    this.tickMs = Math.max(1, Math.min(MAX_TICK_MS, intervalMs / 5, answerWithinMs / 5));
    this.#timer = setInterval(() => this.#tick(), this.tickMs);
  }

  stop() {
    clearInterval(this.#timer);
  }

  spoke() {
    this.#spoke = performance.now();
  }

  heard() {
    this.#heard = performance.now();
    this.heardAt = Date.now();
    this.#askedAt = null;
    this.#isAskedAnew = false;
    this.#setStale(false);
  }

  /** Ask now whether the other end is there, unless that is being asked. */
  probe() {
    if (this.#askedAt === null) this.#ask();
    // As after a long sleep: what is on the screen is old, whatever the answer will be.
    if (Date.now() - this.heardAt > this.#intervalMs + this.#answerWithinMs) this.#setStale(true);
  }

  #tick() {
    const late = Date.now() - this.#tickedAt - this.tickMs;
    this.#tickedAt = Date.now();
    if (late > GAP_TICKS * this.tickMs) this.#wake();
    else this.#judge(performance.now());
  }

  /** What came in the meantime may still wait to be read: ask anew, once, before judging. */
  #wake() {
    if (this.#isAskedAnew) return this.#onDead();
    this.#isAskedAnew = this.#askedAt !== null;
    this.#askedAt = null;
    return this.probe();
  }

  #judge(now) {
    const silence = this.#askedAt === null ? 0 : now - this.#askedAt;
    if (silence >= this.#answerWithinMs) this.#onDead();
    else if (silence >= this.#answerWithinMs / 2) this.#setStale(true);
    else if (this.#askedAt === null && now - Math.min(this.#spoke, this.#heard) >= this.#intervalMs) this.#ask();
  }

  #ask() {
    this.#askedAt = performance.now();
    this.#beat();
  }

  #setStale(isStale) {
    if (this.isStale === isStale) return;
    this.isStale = isStale;
    this.#onStale();
  }
}
