/** The browser's client of KITT: publish to its streams and follow them, across restarts and broken lines. */

import { Stream } from "./stream.js";

export { Closed, KittError, PublishRefused, PublishTimeout, Refused } from "./errors.js";
export { Stream };

/** Follow an endpoint's stream: `connect("freight", { clientId: "tablet-7", onMessage: console.log })`. */
export function connect(endpoint, options) {
  return new Stream(endpoint, options);
}
