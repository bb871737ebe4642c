/**
 * Frames of `kitt.v1`: text in, values out, and the other way round. No I/O.
 *
 * Fields and types that are not known here are passed over: later servers may send more.
 */

import { PublishRefused } from "./errors.js";

// Twice the largest message of the protocol.
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const NAME = /^[^\x00-\x1f\x7f]{1,128}$/u;

export const HEARTBEAT = JSON.stringify({ type: "heartbeat", payload: {} });

/** The server sent something that is not `kitt.v1`. */
export class BadFrame extends Error {}

/** The frame that the server sent. Throws BadFrame. */
export function parse(text) {
  const frame = fromJson(text);
  if (typeof frame?.type !== "string" || typeof frame.payload !== "object" || frame.payload === null) {
    throw new BadFrame("a frame without a type or a payload");
  }
  if ("offset" in frame ? !Number.isSafeInteger(frame.offset) : frame.type === "welcome" && !isWelcome(frame.payload)) {
    throw new BadFrame(`a ${frame.type} that is not one`);
  }
  return frame;
}

/**
 * A message to send: {id, correlationId, text}. Throws TypeError for what is not JSON, NaN and lone surrogates included,
 * and PublishRefused for what is so large that the server would drop the connection.
 */
export function outgoing(type, payload, options) {
  const { id = randomId(), correlation_id = id, timestamp = new Date(), traceparent, tracestate } = options;
  // Nothing would name the message in the server's answer to these.
  if (![id, correlation_id].every((name) => typeof name === "string" && NAME.test(name))) {
    throw new TypeError("id and correlation_id must have 1 to 128 characters, and no control characters");
  }
  if (type === "heartbeat") throw new TypeError("a heartbeat is not stored; heartbeats are sent by themselves");
  const text = JSON.stringify({ type, payload, correlation_id, id, timestamp, traceparent, tracestate }, refuseWhatIsNotJson);
  const size = new TextEncoder().encode(text).length;
  if (size > MAX_FRAME_BYTES) {
    throw new PublishRefused("too_large", `The message has ${size} bytes; ${MAX_FRAME_BYTES} can be sent.`);
  }
  return { id, correlationId: correlation_id, text };
}

/** Whether two values that came out of JSON are the same, whatever the order of their names. */
export function isSameJson(one, other) {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const names = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]))
  );
}

function fromJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadFrame(error.message);
  }
}

function isWelcome(payload) {
  const counts = [payload.offset, payload.replayed];
  const seconds = [payload.heartbeat_interval_s, payload.stale_after_s];
  return (
    typeof payload.epoch === "string" &&
    typeof payload.recovered === "boolean" &&
    counts.every(Number.isSafeInteger) &&
    seconds.every(Number.isFinite)
  );
}

// JSON.stringify would make null of NaN, and escapes of lone surrogates, which the server cannot read.
function refuseWhatIsNotJson(name, value) {
  const isBadNumber = typeof value === "number" && !Number.isFinite(value);
  const isBadText = !isWellFormed(name) || (typeof value === "string" && !isWellFormed(value));
  if (isBadNumber || isBadText || typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`not JSON: ${JSON.stringify(name)}: ${String(value)}`);
  }
  return value;
}

function isWellFormed(text) {
  return !/\p{Surrogate}/u.test(text);
}

// crypto.randomUUID is only there on https and localhost; a warehouse has neither.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
