/** The columns of the shipments table: what stands in a cell, and how it looks. */

import { deviation, duration, clock, percent, plain } from "../state/words.js";

/** `sort` is a name of SORTS; `cell(view, now)` gives a text, and a class and a title where they say more. */
export const COLUMNS = [
  { sort: "level", title: "Level", cell: ({ level }) => ({ text: level, class: `level ${level}` }) },
  { sort: "id", title: "Shipment", cell: ({ shipment }) => ({ text: shipment.id, class: "id" }) },
  { sort: "customer", title: "Customer", cell: ({ shipment }) => ({ text: shipment.customer ?? "–", class: "customer" }) },
  { sort: "lane", title: "Lane", cell: ({ shipment }) => ({ text: lane(shipment), class: "lane" }) },
  { sort: "priority", title: "Priority", cell: ({ shipment }) => ({ text: shipment.priority ?? "–", class: `priority ${shipment.priority}` }) },
  { sort: "status", title: "Status", cell: status },
  { sort: "vehicle", title: "Vehicle", cell: ({ shipment }) => ({ text: shipment.vehicle ?? "–", class: "vehicle", title: shipment.driver }) },
  { sort: "eta", title: "ETA", hint: "Arrival, and how far from the end of the delivery window", cell: eta },
  { sort: "age", title: "Position", hint: "Age of the last position", cell: age },
  { sort: "motion", title: "Motion", cell: ({ motion }) => ({ text: motion ?? "–", class: `motion ${motion}` }) },
  { sort: "alerts", title: "Alerts", hint: "Alerts that nobody has resolved", cell: ({ alerts }) => ({ text: alerts ? String(alerts) : "–", class: alerts ? "alerts some" : "alerts" }) },
  { sort: "fill", title: "Fill", hint: "How much of the volume is loaded", cell: ({ shipment }) => ({ text: percent(shipment.fill), class: "fill" }) },
  { sort: "damage", title: "Damage", hint: "How likely the freight is damaged", cell: damage },
];

const lane = ({ origin, destination }) => (origin ? `${origin.name} → ${destination.name}` : "–");

/** Where no status was told, a position tells that it is under way. */
function status({ shipment }) {
  if (shipment.status === null && shipment.position !== null) {
    return { text: "under way", class: "status inferred", title: "No status among the messages read; it sends positions" };
  }
  return { text: plain(shipment.status), class: `status ${shipment.status}` };
}

function eta({ shipment, lateMs, isLate }, now) {
  const at = shipment.status === "delivered" ? shipment.statusAt : shipment.etaAt;
  const text = at === null ? "–" : lateMs === null ? clock(at, now) : `${clock(at, now)}  ${deviation(lateMs)}`;
  const plan = shipment.planAt === null ? null : `Plan ${clock(shipment.planAt, now)}`;
  return { text, class: isLate ? "eta late" : "eta", title: plan };
}

function age({ ageMs, motion }) {
  return { text: duration(ageMs), class: motion === "offline" ? "age old" : "age" };
}

function damage({ shipment }) {
  if (shipment.damage === null) return { text: "–", class: "damage" };
  const { level, probability } = shipment.damage;
  return { text: level, class: `damage level ${level}`, title: percent(probability) };
}
