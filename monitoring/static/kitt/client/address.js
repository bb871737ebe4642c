/** Where to connect, and what to show there. */

const CLIENT_ID = /^[A-Za-z0-9._:-]{1,64}$/;
// The server refuses more, and with it the whole connection.
const MAX_LAST = 1000;
const TOKEN_TIMEOUT_MS = 30_000;

/** The URL of an endpoint, without a query. Throws TypeError. */
export function addressOf(endpoint, url) {
  const address = new URL(url ?? globalThis.location?.origin);
  address.protocol = address.protocol.replace(/^http/, "ws");
  if (!["ws:", "wss:"].includes(address.protocol) || address.search || address.hash) {
    throw new TypeError("the url must be ws://host, wss://host, or that of a page, without a query");
  }
  address.pathname = `${address.pathname.replace(/\/$/, "")}/ws/${encodeURIComponent(endpoint)}`;
  return address;
}

/** Throws TypeError for what the server would refuse. As everywhere, null is as good as absent. */
export function requirePlace({ clientId, since, epoch, last }) {
  if (!CLIENT_ID.test(clientId ?? "absent")) throw new TypeError("a clientId has 1 to 64 of A-Z a-z 0-9 . _ : -");
  if ((since ?? null) === null && (epoch ?? null) !== null) throw new TypeError("an epoch says nothing without since");
  if (!isCount(since ?? 0) || !isCount(last ?? 0) || last > MAX_LAST) {
    throw new TypeError(`since and last must be whole numbers from 0, last at most ${MAX_LAST}`);
  }
}

/** The subprotocols to offer. `token` is a text, or a function that gives a fresh one. Rejects where it gives none. */
export async function protocolsFor(token) {
  const text = typeof token === "function" ? await inTime(token()) : token;
  return ["kitt.v1", ...((text ?? null) === null ? [] : [`kitt.token.${text}`])];
}

async function inTime(promise) {
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no token in time")), TOKEN_TIMEOUT_MS);
  });
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
