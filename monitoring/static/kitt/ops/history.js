/** What was seen since the page was opened, the last ten minutes of it. No DOM. */

export const SPAN_MS = 600_000;

/** Points of several lines at the same times; a value is null where nothing is known, which leaves a gap. */
export class History {
  points = [];
  /** Of the lines, in the order in which they came. */
  names = [];

  /** `at` is in ms; `values` is an object of numbers or nulls, or null. */
  add(at, values) {
    this.points.push({ at, values });
    this.names.push(...Object.keys(values ?? {}).filter((name) => !this.names.includes(name)));
    const first = this.points.findIndex((point) => point.at >= at - SPAN_MS);
    this.points.splice(0, first);
  }

  get most() {
    return this.points.reduce((most, { values }) => Math.max(most, ...Object.values(values ?? {})), 0);
  }
}

/** How fast counters grow, from two looks at them. A counter that went back began anew: null for that once. */
export class Rates {
  #before = null;

  /** `at` is in ms, by the clock of whoever counts; the result is per second. */
  next(at, counters) {
    const before = this.#before;
    this.#before = { at, counters };
    return Object.fromEntries(
      Object.entries(counters).map(([name, count]) => {
        const grown = count - (before?.counters[name] ?? NaN);
        const seconds = (at - (before?.at ?? NaN)) / 1000;
        return [name, grown >= 0 && seconds > 0 ? grown / seconds : null];
      }),
    );
  }

  /** After a pause, what was missed must not look like one burst. */
  forget() {
    this.#before = null;
  }
}

/** Round steps from 0 to at least `most`: [0, 5, 10, 15]. */
export function ticks(most, count = 4) {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, index) => index * step);
}
