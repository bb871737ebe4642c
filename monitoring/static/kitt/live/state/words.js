/** Times, numbers and messages in words. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOTHING = "–";

/** 8 s, 12 min, 3 h 5 min, 2 d. */
export function duration(ms) {
  if (ms === null) return NOTHING;
  if (ms < 2 * MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} min`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** +12 min, −40 s: after and before the plan. */
export function deviation(ms) {
  return ms === null ? NOTHING : `${ms > 0 ? "+" : "−"}${duration(Math.abs(ms))}`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const CLOCK_S = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** 14:05, and the day where it is not near `now`. */
export function clock(at, now) {
  if (at === null) return NOTHING;
  return (Math.abs(now - at) < DAY_MS / 2 ? CLOCK : DATE).format(at);
}

export const clockWithSeconds = (at) => (at === null ? NOTHING : CLOCK_S.format(at));

export const percent = (ratio) => (ratio === null ? NOTHING : `${Math.round(100 * ratio)} %`);

export const plain = (name) => name?.replaceAll("_", " ") ?? NOTHING;

/** A message as one line. */
export function summary({ type, payload }) {
  return (SUMMARIES[type] ?? (() => plain(type)))(payload);
}

const SUMMARIES = {
  shipment_request: ({ origin, destination, items }) => `Requested: ${placeName(origin)} to ${placeName(destination)}, ${count(items.length, "item line")}`,
  route_update: routeSummary,
  packing_result: ({ status, containers = [], unpacked = [] }) => {
    const pieces = containers.reduce((sum, container) => sum + (container.placements?.length ?? 0), 0);
    return `Packed${status ? ` (${plain(status)})` : ""}: ${count(pieces, "piece")}${unpacked.length ? `, ${count(unpacked.length, "item")} left out` : ""}`;
  },
  damage_prediction: ({ probability, factors = [] }) => `Damage risk ${percent(probability)}${factors.length ? `: ${plain(factors[0].code)}` : ""}`,
  notification: ({ title, state, acknowledged_by: by, resolved_by: resolver }) =>
    `${title}${state && state !== "open" ? ` (${state}${(state === "resolved" ? resolver : by) ? ` by ${state === "resolved" ? resolver : by}` : ""})` : ""}`,
  weather_alert: ({ event, headline }) => headline ?? event,
  traffic_update: ({ category, description }) => description ?? plain(category),
  error: ({ code, message }) => `${code}: ${message}`,
};

function routeSummary({ status, position, eta, route, cause, motion }) {
  const parts = [];
  if (status) parts.push(`Status: ${plain(status)}${cause?.type ? ` (${cause.type})` : ""}`);
  if (route) parts.push(route.distance_m ? `Route of ${Math.round(route.distance_m / 1000)} km` : "Route");
  if (position) parts.push(`Position ${position.lat.toFixed(2)}, ${position.lon.toFixed(2)}${position.speed_kph === undefined ? "" : `, ${Math.round(position.speed_kph)} km/h`}`);
  else if (motion) parts.push(plain(motion));
  if (eta?.estimated_at) parts.push(`ETA ${CLOCK.format(Date.parse(eta.estimated_at))}`);
  return parts.join(" · ") || "Update";
}

const placeName = (location) => (typeof location === "string" ? location : (location?.name ?? "?"));
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
