/** The messages that wait for their answer. No I/O. */

import { delayMs } from "./advice.js";
import { KittError, PublishRefused } from "./errors.js";
import { isSameJson } from "./frames.js";

// How many ids of answered or given up messages are kept, to tell a late answer from a hole in the stream.
const RECENT = 256;
// On their way at a time; below the burst that the server allows (40).
const MAX_UNANSWERED = 32;
const MAX_PENDING = 1000;

/**
 * Messages in the order of their publishing; each is sent until it is answered, always with the same `id`.
 *
 * An error reply names a correlation_id only. So of messages that share one, the next is sent when the one before has
 * its answer.
 */
export class Outbox {
  #clientId;
  #backoff;
  #changed;
  #pending = new Map();
  #recent = new Set();
  #refusals = 0;
  #heldUntil = 0;

  /** `clientId` may be null: then an answer is known by its id and its body. `changed` is called to look again. */
  constructor(clientId, backoff, changed) {
    this.#clientId = clientId;
    this.#backoff = backoff;
    this.#changed = changed;
  }

  /** The stored copy, by and by. `text` is the frame, `id` and `correlationId` are those in it. */
  add({ id, correlationId, text }) {
    if (this.#pending.has(id)) throw new TypeError(`a message with the id ${id} is being published already`);
    if (this.#pending.size >= MAX_PENDING) throw new KittError(`${MAX_PENDING} messages wait for their answer already`);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { id, correlationId, text, sent: false, resolve, reject });
      this.#changed();
    });
  }

  /** Give a message up. */
  drop(id, error) {
    this.#forget(this.#pending.get(id))?.reject(error);
  }

  /** A new connection: everything is to be sent again. */
  restart() {
    for (const message of this.#pending.values()) message.sent = false;
  }

  /** The message to send now; null where there is none, or it has to wait. */
  next(now) {
    const all = [...this.#pending.values()];
    const sent = all.filter((message) => message.sent);
    const message = all.find((found) => !found.sent);
    if (message === undefined || sent.length >= MAX_UNANSWERED || now < this.#heldUntil) return null;
    return sent.some((other) => other.correlationId === message.correlationId) ? null : message;
  }

  /** How long messages are held back because of an error that may pass; 0 where they are not. */
  heldForMs(now) {
    return this.#pending.size > 0 ? Math.max(0, this.#heldUntil - now) : 0;
  }

  /** Whether a message of the stream is one of these, and so may be an answer. If it is, its sender has it. */
  accept(message) {
    if (this.#clientId !== null && message.sender !== this.#clientId) return false;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return this.#recent.has(message.id);
    // A replay may bring another message of this id before the server has refused ours as a `conflict`.
    if (isBodyOf(pending, message)) {
      this.#refusals = 0;
      this.#forget(pending).resolve(message);
    }
    return true;
  }

  /** Take an error reply; one that is about none of these messages is passed over. */
  refuse({ correlation_id, payload }, now) {
    const message = this.#refused(correlation_id, payload.code);
    if (message === undefined) return;
    if (payload.retryable) {
      // Only a pause in which its burst grows whole again ends a sender's flood: two seconds as KITT is set.
      this.#hold(message, now, payload.code === "rate_limited" ? 2 * this.#backoff.leastMs : 0);
    } else {
      this.#forget(message).reject(new PublishRefused(payload.code, payload.message, payload.errors));
    }
  }

  /** Nothing will be sent any more. */
  end(error) {
    for (const message of [...this.#pending.values()]) this.#forget(message).reject(error);
  }

  #forget(message) {
    if (message === undefined) return undefined;
    this.#pending.delete(message.id);
    this.#recent.delete(message.id);
    this.#recent.add(message.id);
    if (this.#recent.size > RECENT) this.#recent.delete(this.#recent.values().next().value);
    this.#changed();
    return message;
  }

  #hold(message, now, leastMs) {
    message.sent = false;
    if (now >= this.#heldUntil) {
      this.#heldUntil = now + leastMs + delayMs(this.#refusals, this.#backoff);
      this.#refusals += 1;
    }
    this.#changed();
  }

  #refused(correlationId, code) {
    const sent = [...this.#pending.values()].filter((message) => message.sent);
    const named = sent.find((message) => message.correlationId === correlationId);
    if (named !== undefined || code !== "too_large") return named;
    // The server does not parse what is over its largest limit, so it cannot name it: it is the largest.
    return sent.sort((one, other) => other.text.length - one.text.length)[0];
  }
}

function isBodyOf(pending, message) {
  const frame = JSON.parse(pending.text);
  return frame.type === message.type && isSameJson(frame.payload, message.payload);
}
