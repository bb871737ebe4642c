/** What was before the messages that a connection begins with: trucks that have been silent, and what they carry. */

import { earlier } from "./api.js";

const FREIGHT_PAGES = 5;
const REQUEST_PAGES = 3;

/** Read it into the fleet, page by page, the newest first. Rejects where the log cannot be read. */
export async function backfill(fleet, onPage) {
  const told = (options) => (messages) => {
    for (const message of messages) fleet.apply(message, options);
    onPage();
  };
  await pages("freight", {}, FREIGHT_PAGES, told());
  await pages("freight", { type: "shipment_request" }, REQUEST_PAGES, told({ completes: true }));
  await pages("packing", {}, 1, told({ completes: true }));
}

async function pages(endpoint, query, count, take) {
  let place = {};
  for (let number = 0; number < count; number += 1) {
    const { messages, before } = await earlier(endpoint, { ...query, ...place });
    take(messages);
    if (before === null) return;
    place = { before };
  }
}
