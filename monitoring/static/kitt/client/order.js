/** Where a stream stands: what to ask for, what comes next, what is missing. No I/O. */

/** Offsets jumped on an open connection. */
export class Hole extends Error {}

/**
 * The place after the message `offset` of `epoch`; without an offset, `last` messages before the head. Without an epoch,
 * the offset is meant in whatever epoch the server is in.
 */
export class Order {
  #last;
  #first = 0;
  #goal = 0;
  #knownHead = 0;
  #offsetAtReply = -1;

  constructor({ since, epoch, last }) {
    this.offset = since ?? null;
    this.epoch = epoch ?? null;
    this.#last = last ?? 0;
    /** Whether the last welcome brought all that was missed; null where nothing was asked for. */
    this.recovered = null;
  }

  /** For the query of the URL; nothing for the head. `last` also serves where `since` cannot be served. */
  get query() {
    const since = this.offset === null ? {} : { since: String(this.offset) };
    const epoch = this.offset === null || this.epoch === null ? {} : { epoch: this.epoch };
    return { ...since, ...epoch, ...(this.#last > 0 ? { last: String(this.#last) } : {}) };
  }

  /** How many of the messages that a connection began with have come: {done, total}. */
  get progress() {
    return { done: Math.min(this.offset, this.#goal) - this.#first, total: this.#goal - this.#first };
  }

  /** A connection that asked for `query` is open. Returns the gap where messages are lost for good. */
  welcomed(welcome) {
    const asked = this.offset;
    this.recovered = asked === null ? null : welcome.recovered;
    this.#first = this.recovered ? asked : Math.max(0, welcome.offset - welcome.replayed);
    this.#goal = this.#knownHead = welcome.offset;
    this.#offsetAtReply = -1;
    this.offset = this.#first;
    this.epoch = welcome.epoch;
    if (this.recovered !== false) return null;
    return { missedAfter: asked, resumesAfter: this.offset, head: welcome.offset, epoch: welcome.epoch };
  }

  /**
   * Whether a message is the next one; false for a duplicate. Throws Hole.
   *
   * `outOfTurn`: it may be the answer to a message that was sent twice, and then stands outside the order.
   */
  take({ offset }, outOfTurn) {
    if (offset <= this.offset) return false;
    if (offset > this.offset + 1) {
      if (!outOfTurn) throw new Hole(`offset ${offset} follows ${this.offset}`);
      this.#knownHead = Math.max(this.#knownHead, offset);
      return false;
    }
    this.offset = offset;
    return true;
  }

  /**
   * The server named its newest message. Throws Hole where an older naming was not followed by the message.
   *
   * Two namings without any message between them are needed: a naming may overtake messages.
   */
  headIs(head) {
    if (this.#offsetAtReply === this.offset && this.offset < this.#knownHead) {
      throw new Hole(`the stream is at ${this.#knownHead}, and nothing came after ${this.offset}`);
    }
    this.#offsetAtReply = this.offset;
    this.#knownHead = Math.max(this.#knownHead, head);
  }
}
