/** The log behind the streams, read by REST. */

const NEWEST = Number.MAX_SAFE_INTEGER;
const PAGE = 1_000;

/** A page of stored messages, the newest before `before`: {messages, before} where `before` is null at the end. */
export async function earlier(endpoint, { before = NEWEST, limit = PAGE, ...query } = {}) {
  const response = await fetch(`/api/messages?${new URLSearchParams({ endpoint, before, limit, ...query })}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const { messages, next } = await response.json();
  return { messages, before: next === null ? null : Number(new URL(next).searchParams.get("before")) };
}
