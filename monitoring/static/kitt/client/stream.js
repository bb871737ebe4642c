/** An endpoint's stream: connected, connected again as the server advises, closed at the end. */

import { BACKOFF, isAsked, waitMs } from "./advice.js";
import { addressOf, protocolsFor, requirePlace } from "./address.js";
import { Closed, PublishTimeout, Refused } from "./errors.js";
import { outgoing } from "./frames.js";
import { Order } from "./order.js";
import { Outbox } from "./outbox.js";
import { NOTHING_HEARD, Session, lost } from "./session.js";
import { watchWakeups } from "./wakeups.js";

const ANSWER_WITHIN_MS = 10_000;
const MAX_PATIENCE_MS = 60_000;
const PUBLISH_TIMEOUT_MS = 30_000;
// Of the steps of a catching up, so many are told.
const STEPS_TOLD = 100;

export class Stream {
  #options;
  #address;
  #backoff;
  #order;
  #outbox;
  #session = null;
  #state = { name: "connecting" };
  #ending = null;
  #failures = 0;
  #patienceMs;
  #isClosed = false;
  #error = null;
  #hurry = () => {};
  #leavePause = () => {};
  #stopWatching;

  constructor(endpoint, options = {}) {
    requirePlace(options);
    this.#options = options;
    this.#address = addressOf(endpoint, options.url);
    this.#backoff = { ...BACKOFF, ...options.backoff };
    this.#patienceMs = options.answerWithinMs ?? ANSWER_WITHIN_MS;
    this.#order = new Order(options);
    this.#outbox = new Outbox(options.clientId ?? null, this.#backoff, () => this.#session?.pump());
    this.#stopWatching = watchWakeups((moment) => this.#wake(moment));
    this.#run();
  }

  get state() {
    return this.#state;
  }

  async publish(type, payload, { timeoutMs = PUBLISH_TIMEOUT_MS, ...envelope } = {}) {
    if (this.#isClosed) throw this.#error ?? new Closed("the stream was closed");
    const message = outgoing(type, payload, envelope);
    const answer = this.#outbox.add(message);
    if (!Number.isFinite(timeoutMs)) return answer;
    const giveUp = setTimeout(() => this.#outbox.drop(message.id, new PublishTimeout(message.id)), timeoutMs);
    return answer.finally(() => clearTimeout(giveUp));
  }

  close() {
    this.#end(null);
  }

  async #run() {
    // The handlers may use what connect() returns.
    await undefined;
    if (!this.#isClosed) this.#call("onState", this.#state);
    while (!this.#isClosed) {
      const ending = await this.#connection();
      if (ending instanceof Refused) this.#end(ending);
      else if (!this.#isClosed) await this.#pause(ending);
    }
  }

  /** One connection, from the question for a token to its ending. */
  async #connection() {
    let session;
    try {
      const protocols = await protocolsFor(this.#options.token);
      if (this.#isClosed) return lost("closed");
      session = this.#session = this.#open(protocols);
    } catch (error) {
      return lost(`no connection: ${error.message}`);
    }
    const startedAt = performance.now();
    const ending = await session.ended;
    this.#session = null;
    if (session.isWelcomed && performance.now() - startedAt > this.#backoff.capMs) this.#failures = 0;
    this.#setPatience(ending.reason === NOTHING_HEARD && !session.hasBrought);
    return ending;
  }

  #open(protocols) {
    const WebSocket = this.#options.WebSocket ?? globalThis.WebSocket;
    const hooks = {
      onMessage: (message) => this.#deliver(message),
      onGap: (gap) => this.#call("onGap", gap),
      onChange: () => this.#tell(),
    };
    return new Session(new WebSocket(this.#urlNow(), protocols), {
      order: this.#order,
      outbox: this.#outbox,
      answerWithinMs: this.#patienceMs,
      hooks,
    });
  }

  #urlNow() {
    const clientId = this.#options.clientId ?? null;
    const url = new URL(this.#address);
    const parameters = { ...(clientId === null ? {} : { client_id: clientId }), ...this.#order.query };
    url.search = new URLSearchParams(parameters);
    return url.href;
  }

  // A frame that takes longer to come than the answer may take would be cut off, and asked for, again and again.
  #setPatience(isInVain) {
    const usual = this.#options.answerWithinMs ?? ANSWER_WITHIN_MS;
    this.#patienceMs = isInVain ? Math.min(2 * this.#patienceMs, Math.max(usual, MAX_PATIENCE_MS)) : usual;
  }

  /** Wait before the next connection; a wake-up ends the wait, unless the server asked for it. */
  async #pause(ending) {
    const wait = waitMs(ending, this.#failures, this.#backoff);
    this.#failures += 1;
    this.#ending = { ...ending, attempt: this.#failures, retryAt: Date.now() + wait };
    this.#tell();
    let timer;
    await new Promise((resolve) => {
      this.#leavePause = resolve;
      this.#hurry = isAsked(ending) ? () => {} : resolve;
      timer = setTimeout(resolve, wait);
    });
    clearTimeout(timer);
  }

  #wake(moment) {
    if (this.#session !== null) this.#session.probe();
    else if (moment !== "offline") this.#hurry();
  }

  #end(error) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    this.#stopWatching();
    this.#outbox.end(error ?? new Closed("the stream was closed"));
    this.#session?.close();
    this.#leavePause();
    this.#tell();
  }

  #deliver(message) {
    this.#call("onMessage", message);
    const { done, total } = this.#order.progress;
    if (this.#state.name === "catching_up" && (done === total || done % Math.ceil(total / STEPS_TOLD) === 0)) {
      this.#tell();
    }
  }

  /** Tell the user what the state is now, where it is another than before. */
  #tell() {
    const state = this.#stateNow();
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#call("onState", state);
  }

  #stateNow() {
    if (this.#isClosed) return { name: "closed", error: this.#error };
    if (!this.#session?.isWelcomed) return this.#stateWithout();
    if (this.#session.isStale) return { name: "stale", heardAt: this.#session.heardAt };
    const { recovered, progress } = this.#order;
    return progress.done < progress.total
      ? { name: "catching_up", ...progress, recovered }
      : { name: "live", recovered };
  }

  #stateWithout() {
    if (this.#ending === null) return { name: "connecting" };
    const { code, reason, attempt, retryAt } = this.#ending;
    return { name: "reconnecting", code, reason, attempt, retryAt };
  }

  // What a handler throws must not cost the connection; it is reported as an error of a listener would be.
  #call(name, value) {
    try {
      this.#options[name]?.(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
