/** Every chart of the page: where it stands, how its numbers are written, and what a look at the figures adds to it. */

import { count, sum, short } from "./numbers.js";
import { largest, mean, quantile } from "./quantile.js";
import { perSecond, together } from "./steps.js";

/** `of` gives the values of the lines, or null where nothing is known. `byCode`: a line for every code that occurs. */
export const CHARTS = [
  { place: "traffic", id: "node-states", title: "Nodes", format: count, of: nodeStates },
  { place: "traffic", id: "leases", title: "Oldest lease, s", format: short, of: leases },
  { place: "traffic", id: "connections", title: "Connections", format: count, of: ({ connections }) => connections },
  { place: "traffic", id: "rates", title: "Messages stored per second", format: short, of: ({ stored }) => stored },
  { place: "work", id: "delivery", title: "Delivery latency, ms", format: short, of: latency("delivery_seconds") },
  { place: "work", id: "commits", title: "Commit latency, ms", format: short, of: latency("commit_seconds") },
  { place: "work", id: "queue", title: "Queue of the log, messages", format: short, of: queue },
  { place: "work", id: "buffers", title: "Fullest write buffer, KB", format: short, of: buffers },
  { place: "work", id: "slow", title: "Slow clients (4102) per second", format: short, of: slow },
  { place: "work", id: "refused-connections", title: "Refused connections per second", ...codes("refused_connections") },
  { place: "work", id: "refused-messages", title: "Refused messages per second", ...codes("refused_messages") },
  { place: "work", id: "ends", title: "Disconnects per second", ...codes("disconnects") },
  { place: "page", id: "answers", title: "Time to answer this page, ms", format: short, of: answers },
];

function codes(name) {
  return { format: short, byCode: true, of: ({ steps }) => perSecond(steps.values(), name) };
}

function latency(name) {
  return ({ steps, bounds }) => {
    const all = together(steps.values(), name);
    const at = (part) => milliseconds(all && quantile(part, bounds[name], all));
    return { p50: at(0.5), p99: at(0.99) };
  };
}

function queue({ steps, bounds, nodes }) {
  const batches = together(steps.values(), "commit_messages");
  const of = (measure) => batches && measure(bounds.commit_messages, batches);
  return { "mean batch": of(mean), "largest batch": of(largest), waiting: gauge(nodes, "waiting", sum) };
}

function nodeStates({ nodes }) {
  const those = (state) => nodes.filter((node) => node.state === state).length;
  return { alive: those("alive"), lost: those("lost") };
}

function leases({ nodes, lease_timeout_s: timeout }) {
  const ages = nodes.filter((node) => node.state === "alive").map((node) => node.lease_age_s);
  return { age: ages.length > 0 ? Math.max(...ages) : null, "runs out at": timeout };
}

function answers({ tookMs }) {
  return { "this page": tookMs };
}

function buffers({ nodes }) {
  const bytes = gauge(nodes, "write_buffer_bytes", (all) => Math.max(...all));
  return { "of a client": bytes && bytes / 1000 };
}

function slow({ steps, connections }) {
  const rates = perSecond(steps.values(), "slow");
  return rates && Object.fromEntries(Object.keys(connections).map((endpoint) => [endpoint, rates[endpoint] ?? 0]));
}

/** Of all nodes that tell it; null where none does. */
function gauge(nodes, name, combine) {
  const told = nodes.filter(({ numbers }) => numbers !== null).map(({ numbers }) => numbers.gauges[name]);
  return told.length > 0 ? combine(told) : null;
}

function milliseconds(seconds) {
  return seconds === null ? null : 1000 * seconds;
}
