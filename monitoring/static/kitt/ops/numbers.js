/** Numbers as people read them. No DOM. */

export function count(value) {
  return value.toLocaleString("en");
}

/** 355, 35.5, 0: as much as matters of a rate or a time. */
export function short(value) {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** "4 min 10 s": how long something lasts, of which the two largest units matter. */
export function duration(seconds) {
  const whole = Math.max(Math.round(seconds), 0);
  const parts = [[Math.floor(whole / 86_400), "d"], [Math.floor(whole / 3600) % 24, "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([number]) => number > 0).map((part) => part.join(" ")).join(" ");
}

export function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}
