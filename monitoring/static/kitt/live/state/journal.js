/** The newest messages of all endpoints, and those that wait while somebody reads. Both bounded. */

export const MAX_ENTRIES = 1_000;
export const MAX_WAITING = 1_000;

export class Journal {
  /** The newest last. */
  entries = [];
  isPaused = false;
  dropped = 0;
  #waiting = [];
  #number = 0;

  get waiting() {
    return this.#waiting.length + this.dropped;
  }

  add(endpoint, message) {
    const entry = { number: (this.#number += 1), endpoint, message };
    if (!this.isPaused) return keep(this.entries, entry, MAX_ENTRIES);
    this.dropped += keep(this.#waiting, entry, MAX_WAITING);
  }

  /** From the entry after `number` on: what is on the screen stays as it is. */
  pause(number = Infinity) {
    this.isPaused = true;
    const at = this.entries.findIndex((entry) => entry.number > number);
    if (at >= 0) this.#waiting = this.entries.splice(at);
  }

  resume() {
    this.isPaused = false;
    for (const entry of this.#waiting) keep(this.entries, entry, MAX_ENTRIES);
    this.#waiting = [];
    this.dropped = 0;
  }

  /** Of a type, the newest first; "" is all of them. */
  newest(type, limit) {
    const found = [];
    for (let at = this.entries.length - 1; at >= 0 && found.length < limit; at -= 1) {
      if (type === "" || this.entries[at].message.type === type) found.push(this.entries[at]);
    }
    return found;
  }

  /** One JSON object a line, as the stream sent it, with its endpoint. */
  lines(type) {
    return this.newest(type, Infinity)
      .reverse()
      .map(({ endpoint, message }) => `${JSON.stringify({ endpoint, ...message })}\n`)
      .join("");
  }
}

/** Returns how many had to go for it. */
function keep(entries, entry, limit) {
  entries.push(entry);
  const over = entries.length - limit;
  if (over > 0) entries.splice(0, over);
  return Math.max(over, 0);
}
