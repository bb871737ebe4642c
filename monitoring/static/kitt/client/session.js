/** One connection, from its opening to its end. */

import { ABNORMAL, endingOf } from "./advice.js";
import { HEARTBEAT, BadFrame, parse } from "./frames.js";
import { Hole } from "./order.js";
import { Pulse } from "./pulse.js";

const WELCOME_TIMEOUT_MS = 10_000;
const LEAST_INTERVAL_MS = 10;
const OPEN = 1;

/** The reason of a connection that was given up because the other end did not answer. */
export const NOTHING_HEARD = "nothing heard";

/**
 * Reads and writes one socket. `order` and `outbox` outlive it. `hooks`: onMessage and onGap get what the user gets,
 * onChange is called when the connection became another: welcomed, stale, not stale any more.
 */
export class Session {
  /** Resolves with an ending to come back from, or with Refused. Never rejects. */
  ended;
  isWelcomed = false;
  /** Whether a message of the stream came, so that asking from the last one on was not in vain. */
  hasBrought = false;
  #socket;
  #order;
  #outbox;
  #hooks;
  #answerWithinMs;
  #end;
  #pulse = null;
  #welcomeTimer;
  #holdTimer;
  #goodbye = null;
  #complaint = null;

  constructor(socket, { order, outbox, hooks, answerWithinMs }) {
    this.#socket = socket;
    this.#order = order;
    this.#outbox = outbox;
    this.#hooks = hooks;
    this.#answerWithinMs = answerWithinMs;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#leave(endingOf(event, this.#goodbye, this.#complaint));
    // An error is always followed by a close. It stays handled after that too: `ws` throws one that is not.
    socket.onerror = () => {};
    this.#welcomeTimer = setTimeout(() => this.#leave(lost("no welcome in time")), WELCOME_TIMEOUT_MS);
  }

  get isStale() {
    return this.#pulse?.isStale ?? false;
  }

  /** When the last frame came, in ms since 1970; null before the welcome. */
  get heardAt() {
    return this.#pulse?.heardAt ?? null;
  }

  /** Ask now whether the server is there. */
  probe() {
    this.#pulse?.probe();
  }

  /** Send what may be sent now. */
  pump() {
    if (!this.isWelcomed) return;
    const now = performance.now();
    for (let message = this.#outbox.next(now); message !== null; message = this.#outbox.next(now)) {
      message.sent = true;
      this.#send(message.text);
    }
    clearTimeout(this.#holdTimer);
    const heldForMs = this.#outbox.heldForMs(now);
    if (heldForMs > 0) this.#holdTimer = setTimeout(() => this.pump(), heldForMs + 1);
  }

  close() {
    this.#leave(lost("closed"));
  }

  #receive(text) {
    try {
      this.#handle(parse(text));
    } catch (error) {
      if (!(error instanceof BadFrame || error instanceof Hole)) throw error;
      this.#leave(lost(error.message));
    }
  }

  #handle(frame) {
    this.#pulse?.heard();
    if ("offset" in frame) return this.#deliver(frame);
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame.payload);
      case "ping":
        // Here, and not from a timer: browsers slow the timers of hidden tabs, but not message handlers.
        return this.#send(HEARTBEAT);
      case "heartbeat":
        return this.#order.headIs(frame.payload.offset ?? 0);
      case "error":
        if (!this.isWelcomed) this.#complaint = frame.payload;
        return this.#outbox.refuse(frame, performance.now());
      case "disconnect":
        this.#goodbye = frame.payload;
    }
  }

  #welcome(welcome) {
    clearTimeout(this.#welcomeTimer);
    const gap = this.#order.welcomed(welcome);
    this.#pulse = new Pulse({
      intervalMs: Math.max(1_000 * welcome.heartbeat_interval_s, LEAST_INTERVAL_MS),
      answerWithinMs: this.#answerWithinMs,
      beat: () => this.#send(HEARTBEAT),
      onStale: () => this.#hooks.onChange(),
      onDead: () => this.#leave(lost(NOTHING_HEARD)),
    });
    this.isWelcomed = true;
    this.#outbox.restart();
    if (gap !== null) this.#hooks.onGap(gap);
    this.#hooks.onChange();
    this.pump();
  }

  #deliver(frame) {
    if (!this.isWelcomed) throw new BadFrame("a message before the welcome");
    const message = { ...frame, epoch: this.#order.epoch };
    const mayBeAnswer = this.#outbox.accept(message);
    if (!this.#order.take(message, mayBeAnswer)) return;
    this.hasBrought = true;
    this.#hooks.onMessage(message);
  }

  #send(text) {
    if (this.#socket.readyState !== OPEN) return;
    this.#socket.send(text);
    this.#pulse?.spoke();
  }

  #leave(ending) {
    this.#socket.onmessage = this.#socket.onclose = null;
    clearTimeout(this.#welcomeTimer);
    clearTimeout(this.#holdTimer);
    this.#pulse?.stop();
    this.#socket.close(1000);
    this.#end(ending);
  }
}

/** The end of a connection that nobody closed properly. */
export function lost(reason) {
  return { code: ABNORMAL, reason, retryAfterMs: null };
}
