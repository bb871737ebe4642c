/** What nodes did between two renewals of their leases, from the numbers that they tell with each. No DOM. */

export class Steps {
  #known = new Map();

  /** The last step of every node that was seen twice, by its id: `{ seconds, counters, histograms }`. */
  next(nodes) {
    const telling = nodes.filter(({ numbers }) => numbers !== null);
    this.#known = new Map(telling.map(({ id, numbers }) => [id, follow(this.#known.get(id), numbers)]));
    return new Map([...this.#known].map(([id, { step }]) => [id, step]).filter(([, step]) => step !== null));
  }

  /** After a pause, what was missed must not be taken for what is now. */
  forget() {
    this.#known.clear();
  }
}

/** A step is shown until the next one: nodes tell less often than they are asked. */
function follow(before, numbers) {
  if (before?.numbers.at === numbers.at) return before;
  return { numbers, step: before ? stepBetween(before.numbers, numbers) : null };
}

function stepBetween(before, after) {
  const counted = (counts, name) => mapped(counts, (count, label) => count - (before.counters[name]?.[label] ?? 0));
  const observed = (numbers, name) => numbers.map((number, index) => number - before.histograms[name][index]);
  return {
    seconds: after.at - before.at,
    counters: mapped(after.counters, counted),
    histograms: mapped(after.histograms, observed),
  };
}

/** How often per second, by label, in all steps together; null without any. */
export function perSecond(steps, name) {
  let rates = null;
  for (const { seconds, counters } of steps) {
    rates ??= {};
    for (const [label, grown] of Object.entries(counters[name])) rates[label] = (rates[label] ?? 0) + grown / seconds;
  }
  return rates;
}

/** The histogram of all steps together; null without any. */
export function together(steps, name) {
  const all = [...steps].map(({ histograms }) => histograms[name]);
  return all.length === 0 ? null : all.reduce((sum, numbers) => sum.map((number, index) => number + numbers[index]));
}

function mapped(values, change) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
