/** Elements. Text goes in as text, never as markup. */

export function el(tag, { class: className, text, on, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  element.append(...children);
  return element;
}

/** Set a text where it is another one: writing costs the browser far more than reading. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

/** Whether an element is shown, without asking the browser for a layout: `seen.now`. */
export function watchSeen(element, onChange = () => {}) {
  const seen = { now: false };
  new ResizeObserver(([{ contentRect }]) => {
    seen.now = contentRect.width > 0;
    onChange(contentRect);
  }).observe(element);
  return seen;
}
