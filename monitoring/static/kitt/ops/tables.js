/** The figures of `data.json` in words. Ages are by the server's clock, `figures.at`. */

import { element, table } from "./elements.js";
import { count, duration, sum, short } from "./numbers.js";
import { quantile } from "./quantile.js";
import { together } from "./steps.js";

export function totals(look) {
  const connected = sum(Object.values(look.connections));
  const alive = look.nodes.filter((node) => node.state === "alive").length;
  const lost = look.nodes.filter((node) => node.state === "lost").length;
  const known = Object.values(look.stored).filter((rate) => rate !== null);
  const ended = sum(look.disconnects.map((each) => each.count));
  return [
    total("Nodes alive", lost > 0 ? `${alive}, ${lost} lost` : count(alive), lost > 0 || alive === 0),
    total("Connections", count(connected)),
    total("Messages per second", known.length > 0 ? short(sum(known)) : "—"),
    total("Delivery, p99", inMs(p99(look, "delivery_seconds", look.steps.values()))),
    total("Disconnects, last hour", count(ended)),
  ];
}

/** Of how many processes the numbers are that they tell by themselves. */
export function telling({ nodes, lease_interval_s: interval }) {
  const alive = nodes.filter(({ state }) => state === "alive");
  const told = alive.filter(({ numbers }) => numbers !== null);
  return `Told by ${told.length} of ${alive.length} nodes, every ${short(interval)} s with their leases. What commands store is not in it.`;
}

function total(label, words, isBad = false) {
  return element("p", { className: isBad ? "total bad" : "total" }, element("strong", {}, words), element("span", {}, label));
}

export function nodesTable(look) {
  const { nodes, at, lease_timeout_s: timeout, steps } = look;
  const own = (id) => (steps.has(id) ? [steps.get(id)] : []);
  const rows = nodes.map((node) => [
    `${node.host}:${node.pid}`,
    element("span", { className: "tag", "data-state": node.state }, node.state),
    node.state === "stopped" ? "given up" : `renewed ${duration(node.lease_age_s)} ago, holds ${timeout} s`,
    count(node.connections),
    inMs(p99(look, "delivery_seconds", own(node.id))),
    inMs(p99(look, "commit_seconds", own(node.id))),
    node.numbers === null ? "—" : `${short(node.numbers.gauges.write_buffer_bytes / 1000)} KB`,
    since(node.started_at, at),
  ]);
  return table(["Node", "State", "Lease", "Connections", "Delivery p99", "Commit p99", "Write buffer", "Started"], rows, "No node has been alive within the last hour.");
}

function p99({ bounds }, name, steps) {
  const all = together(steps, name);
  return all && quantile(0.99, bounds[name], all);
}

function inMs(seconds) {
  return seconds === null ? "—" : `${short(1000 * seconds)} ms`;
}

export function streamsTable({ heads, stored }) {
  const rows = Object.entries(heads).map(([name, head]) => [name, count(head), stored[name] === null ? "—" : short(stored[name])]);
  return table(["Stream", "Head", "Messages/s"], rows, "No streams.");
}

export function disconnectsTable({ disconnects }) {
  const most = Math.max(...disconnects.map((each) => each.count), 1);
  const rows = disconnects.map((each) => [String(each.code ?? "—"), each.reason, share(each.count, most)]);
  return table(["Code", "Reason", "Connections"], rows, "Nobody left within the last hour.");
}

function share(number, most) {
  const fill = element("span", { className: "share", "aria-hidden": "true" });
  fill.style.inlineSize = `${(4 * number) / most}rem`;
  return element("span", {}, fill, count(number));
}

export function sentAwayTable({ sent_away: rows, at }) {
  const lines = rows.map((row) => [row.client_id, row.endpoint, `${row.code} ${row.reason}`, since(row.closed_at, at)]);
  return table(["Client", "Endpoint", "Why", "When"], lines, "Nobody was sent away within the last hour.");
}

export function newestTable({ newest, at }) {
  const rows = newest.map((row) => [row.client_id, row.endpoint, row.node, since(row.connected_at, at), since(row.last_heartbeat, at)]);
  return table(["Client", "Endpoint", "Node", "Connected", "Last heard"], rows, "Nobody is connected.");
}

function since(time, at) {
  return `${duration((Date.parse(at) - Date.parse(time)) / 1000)} ago`;
}
