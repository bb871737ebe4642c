/** What a histogram says: a count for each bucket, one for what is above the last bound, and the sum. No DOM. */

import { sum } from "./numbers.js";

/**
 * As Prometheus estimates it: what is in a bucket is spread evenly over it, the first one begins at 0, and what is above
 * the last bound counts as that bound. https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function quantile(part, bounds, numbers) {
  const buckets = numbers.slice(0, bounds.length + 1);
  let rank = part * sum(buckets);
  if (rank === 0) return null;
  for (const [index, bound] of bounds.entries()) {
    const from = bounds[index - 1] ?? 0;
    if (buckets[index] >= rank) return from + ((bound - from) * rank) / buckets[index];
    rank -= buckets[index];
  }
  return bounds.at(-1);
}

export function mean(bounds, numbers) {
  const count = sum(numbers.slice(0, bounds.length + 1));
  return count === 0 ? null : numbers.at(-1) / count;
}

/** The bound that nothing was above, as far as there are bounds. */
export function largest(bounds, numbers) {
  const fullest = numbers.slice(0, bounds.length + 1).findLastIndex((count) => count > 0);
  return fullest < 0 ? null : (bounds[fullest] ?? bounds.at(-1));
}
