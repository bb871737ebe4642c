/** Elements made of names, properties and texts; nothing here takes markup. */

/** Children are elements or texts; null is passed over. `aria-…`, `data-…` and `role` are attributes, the rest properties. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (/^(aria-|data-|role$|scope$)/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function button(label, properties) {
  return element("button", { type: "button", ...properties }, label);
}

/** A table with a caption; `rows` are arrays of texts or elements, the first of each a heading. */
export function table(caption, headings, rows) {
  const head = element("tr", {}, ...headings.map((heading) => element("th", { scope: "col" }, heading)));
  const body = rows.map(([first, ...rest]) =>
    element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, cell))),
  );
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
}

/** A share of a limit, said in words beside it: over the limit where `ratio` is above 1. */
export function bar(label, ratio, words) {
  const fill = element("span", { className: "packing-bar-fill" });
  fill.style.inlineSize = `${100 * Math.min(Math.max(ratio ?? 0, 0), 1)}%`;
  return element(
    "div",
    { className: `packing-bar${ratio > 1 ? " packing-over" : ""}` },
    element("span", { className: "packing-bar-label" }, label),
    element("span", { className: "packing-bar-words" }, words),
    element("span", { className: "packing-bar-track", "aria-hidden": "true" }, fill),
  );
}
