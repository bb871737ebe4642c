/** Everything that was said of one shipment on the three streams: read backwards from the log, and live on. */

import { idsOf } from "./fleet.js";

const PAGE = 100;
const MAX_ENTRIES = 10_000;

export class History {
  isLoading = false;
  error = null;
  #read;
  #before = { freight: undefined, packing: undefined, notifications: undefined };
  #entries = new Map();

  /** `read(endpoint, {shipment_id, before, limit})` gives {messages, before}: a page, and where the next one begins. */
  constructor(id, read) {
    this.id = id;
    this.#read = read;
  }

  /** The newest first. */
  get entries() {
    return [...this.#entries.values()].sort((one, other) => other.at - one.at || other.message.offset - one.message.offset);
  }

  get hasMore() {
    return Object.values(this.#before).some((before) => before !== null) && this.#entries.size < MAX_ENTRIES;
  }

  /** A live message. Returns whether it is about this shipment. */
  add(endpoint, message) {
    if (!idsOf(message.payload).has(this.id)) return false;
    if (this.#entries.size >= MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value);
    const key = `${endpoint} ${message.offset}`;
    this.#entries.set(key, { key, endpoint, message, at: Date.parse(message.timestamp) });
    return true;
  }

  /** The page before, of each stream. What goes wrong stands in `error`. */
  async loadMore() {
    this.isLoading = true;
    this.error = null;
    const endpoints = Object.keys(this.#before).filter((endpoint) => this.#before[endpoint] !== null);
    const pages = await Promise.allSettled(endpoints.map((endpoint) => this.#loadPage(endpoint)));
    this.error = pages.find((page) => page.reason)?.reason.message ?? null;
    this.isLoading = false;
  }

  async #loadPage(endpoint) {
    const place = this.#before[endpoint] === undefined ? {} : { before: this.#before[endpoint] };
    const { messages, before } = await this.#read(endpoint, { shipment_id: this.id, limit: PAGE, ...place });
    for (const message of messages) this.add(endpoint, message);
    this.#before[endpoint] = before;
  }
}
