/** Elements made of names, properties and texts; nothing here takes markup. */

/** `aria-…`, `data-…`, `role` and `scope` are attributes, the rest properties. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (/^(aria-|data-|role$|scope$)/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

/** A table of texts and elements; `none` is said where it has no rows. */
export function table(headings, rows, none) {
  if (rows.length === 0) return element("p", { className: "quiet" }, none);
  const head = element("tr", {}, ...headings.map((heading) => element("th", { scope: "col" }, heading)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}
