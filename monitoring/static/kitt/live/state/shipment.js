/** One shipment, folded from its messages in whatever order they come. */

const PACKED = new Set(["complete", "partial"]);

const DAMAGE_LEVELS = [
  [0.6, "critical"],
  [0.35, "high"],
  [0.15, "medium"],
  [0.05, "low"],
];

export function newShipment(id) {
  return {
    id,
    customer: null,
    origin: null,
    destination: null,
    priority: null,
    planAt: null,
    status: null,
    statusAt: null,
    vehicle: null,
    driver: null,
    etaAt: null,
    onTime: null,
    position: null,
    positionAt: null,
    motion: null,
    route: null,
    remainingM: null,
    fill: null,
    damage: null,
    updatedAt: 0,
    // When each part was last told, and by which offset: what is older changes nothing.
    told: {},
  };
}

/** Take a message in. Returns whether it changed anything. */
export function fold(shipment, { type, payload, offset, timestamp }) {
  const at = millis(payload.observed_at) ?? millis(timestamp) ?? 0;
  const before = shipment.told;
  shipment.told = { ...before };
  const isNews = (part, time = at) => claim(shipment.told, part, time, offset);
  FOLDS[type]?.(shipment, payload, isNews, at);
  shipment.updatedAt = Math.max(shipment.updatedAt, at);
  return Object.keys(shipment.told).some((part) => shipment.told[part] !== before[part]);
}

const FOLDS = { shipment_request: request, route_update: routeUpdate, packing_result: packing, damage_prediction: damage };

function request(shipment, payload, isNews) {
  if (!isNews("request", 0)) return;
  shipment.customer = payload.customer ?? null;
  shipment.origin = placeOf(payload.origin);
  shipment.destination = placeOf(payload.destination);
  shipment.priority = payload.priority ?? null;
  shipment.planAt = millis(payload.delivery_window?.end);
}

function routeUpdate(shipment, payload, isNews, at) {
  if (payload.vehicle_id && isNews("vehicle")) {
    shipment.vehicle = payload.vehicle_id;
    shipment.driver = payload.driver_id ?? null;
  }
  if (payload.status && isNews("status")) Object.assign(shipment, { status: payload.status, statusAt: at });
  if (payload.eta && isNews("eta")) {
    shipment.etaAt = millis(payload.eta.estimated_at);
    shipment.onTime = payload.eta.on_time ?? null;
  }
  if (payload.position && isNews("position")) Object.assign(shipment, { position: payload.position, positionAt: at });
  if (payload.motion && isNews("motion")) shipment.motion = payload.motion;
  if (payload.remaining_distance_m !== undefined && isNews("remaining")) shipment.remainingM = payload.remaining_distance_m;
  if (payload.route?.geometry && isNews("route")) shipment.route = payload.route.geometry.coordinates;
}

function packing(shipment, payload, isNews) {
  if (!PACKED.has(payload.status ?? "complete") || !isNews("packing", 0)) return;
  const fills = (payload.containers ?? []).map((container) => container.utilisation?.volume).filter(Number.isFinite);
  shipment.fill = fills.length ? fills.reduce((sum, fill) => sum + fill) / fills.length : null;
}

function damage(shipment, payload, isNews) {
  if (!isNews("damage", 0)) return;
  const { probability } = payload;
  shipment.damage = { probability, level: payload.level ?? damageLevel(probability) };
}

/** The published cut-offs. */
function damageLevel(probability) {
  return DAMAGE_LEVELS.find(([from]) => probability >= from)?.[1] ?? "info";
}

function claim(told, part, at, offset) {
  const last = told[part];
  if (last && (at < last.at || (at === last.at && offset <= last.offset))) return false;
  told[part] = { at, offset };
  return true;
}

/** A location is a text, or an object that may say little. */
function placeOf(location) {
  if (typeof location === "string") return { name: location, lat: null, lon: null };
  const { name, address, unlocode, facility_code: facility, lat = null, lon = null } = location ?? {};
  return { name: name ?? address?.city ?? unlocode ?? facility ?? "?", lat, lon };
}

/** Ms since 1970 of an RFC 3339 time; null where there is none. */
export function millis(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}
