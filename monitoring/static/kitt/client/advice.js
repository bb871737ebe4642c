/**
 * When to come back after a connection ended. No I/O, no clock.
 *
 * The range of a KITT close code is the advice:
 * 4000-4099  do not come back unchanged
 * 4100-4199  come back after at least a second
 * 4200-4299  come back at once, with jitter
 */

import { Refused } from "./errors.js";

/**
 * How long to wait. After failure n (from 0): a random time up to baseMs * 2**n, at most capMs (full jitter). Where the
 * server asks for a pause, leastMs is added; where it invites back at once, a random time up to jitterMs is taken. A
 * connection that was open for longer than capMs starts the count anew.
 */
export const BACKOFF = Object.freeze({ baseMs: 500, capMs: 10_000, leastMs: 1_000, jitterMs: 1_000 });

/** RFC 6455 §7.4.1: ended without a close frame. */
export const ABNORMAL = 1006;

const TOO_MANY_BAD_FRAMES = 4005;

export function delayMs(failures, backoff) {
  return Math.random() * Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(failures, 60));
}

/** Whether a close code allows to connect again as before. */
export function mayReturn(code) {
  return !(code >= 4000 && code <= 4099);
}

/** Whether the server asked for the wait, so that a network that comes back must not cut it short. */
export function isAsked({ code, retryAfterMs }) {
  return retryAfterMs !== null || isPause(code);
}

/** How long to wait after an ending. */
export function waitMs({ code, retryAfterMs }, failures, backoff) {
  if (code >= 4200 && code <= 4299) return retryAfterMs ?? Math.random() * backoff.jitterMs;
  const own = delayMs(failures, backoff) + (isPause(code) ? backoff.leastMs : 0);
  return Math.max(retryAfterMs ?? 0, own);
}

/**
 * What the close of a connection means: Refused, or an ending to come back from. The `disconnect` frame says more than
 * the close, whose reason some servers drop; `complaint` is an `error` that came in place of the welcome.
 */
export function endingOf(close, goodbye, complaint) {
  const code = goodbye?.code ?? close.code ?? ABNORMAL;
  const reason = goodbye?.reason || close.reason || "";
  // The refused messages were taken out of the outbox, so this client does not come back unchanged.
  if (code === TOO_MANY_BAD_FRAMES) return { code, reason, retryAfterMs: null };
  if (mayReturn(code) && goodbye?.reconnect !== false) {
    return { code, reason, retryAfterMs: goodbye?.retry_after_ms ?? null };
  }
  const fields = (complaint?.errors ?? []).map((error) => `${error.path} ${error.message}`);
  return new Refused(code, [reason, ...fields].join("; "));
}

function isPause(code) {
  return (code >= 4100 && code <= 4199) || code === TOO_MANY_BAD_FRAMES;
}
