/** The figures of `data.json` in words. Ages are by the server's clock, `figures.at`. */

import { count, duration, element, table } from "./elements.js";

export function totals(figures, rates) {
  const connected = Object.values(figures.connections).reduce((sum, each) => sum + each, 0);
  const alive = figures.nodes.filter((node) => node.state === "alive").length;
  const lost = figures.nodes.filter((node) => node.state === "lost").length;
  const known = Object.values(rates).filter((rate) => rate !== null);
  const stored = known.length > 0 ? known.reduce((sum, rate) => sum + rate, 0).toFixed(1) : "—";
  const ended = figures.disconnects.reduce((sum, each) => sum + each.count, 0);
  return [
    total("Connections", count(connected)),
    total("Messages per second", stored),
    total("Nodes alive", lost > 0 ? `${alive}, ${lost} lost` : count(alive), lost > 0 || alive === 0),
    total("Disconnects, last hour", count(ended)),
  ];
}

function total(label, words, isBad = false) {
  return element("p", { className: isBad ? "total bad" : "total" }, element("strong", {}, words), element("span", {}, label));
}

export function nodesTable({ nodes, at, lease_timeout_s: timeout }) {
  const rows = nodes.map((node) => [
    `${node.host}:${node.pid}`,
    element("span", { className: "tag", "data-state": node.state }, node.state),
    node.state === "stopped" ? "given up" : `renewed ${duration(node.lease_age_s)} ago, holds ${timeout} s`,
    count(node.connections),
    since(node.started_at, at),
  ]);
  return table(["Node", "State", "Lease", "Connections", "Started"], rows, "No node has been alive within the last hour.");
}

export function streamsTable({ heads }, rates) {
  const rows = Object.entries(heads).map(([name, head]) => [name, count(head), rates[name]?.toFixed(1) ?? "—"]);
  return table(["Stream", "Head", "Messages/s"], rows, "No streams.");
}

export function disconnectsTable({ disconnects }) {
  const most = Math.max(...disconnects.map((each) => each.count), 1);
  const rows = disconnects.map((each) => [String(each.code ?? "—"), each.reason, share(each.count, most)]);
  return table(["Code", "Reason", "Connections"], rows, "Nobody left within the last hour.");
}

function share(number, most) {
  const fill = element("span", { className: "share", "aria-hidden": "true" });
  fill.style.inlineSize = `${(6 * number) / most}rem`;
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
