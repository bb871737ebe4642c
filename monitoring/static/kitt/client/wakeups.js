/** Moments after which a connection may be dead without having been closed, or a lost one may be had again. */

// The network went or came; a page came back out of the browser's cache.
const OF_WINDOW = ["online", "offline", "pageshow"];
// The tab is looked at again, or was unfrozen.
const OF_DOCUMENT = ["visibilitychange", "resume"];

/** Calls `wake` with the name of the moment; returns what ends that. Does nothing where there is no page. */
export function watchWakeups(wake) {
  const ending = new AbortController();
  const listen = (target, names) => {
    for (const name of names) target?.addEventListener?.(name, () => isMoment(name) && wake(name), ending);
  };
  listen(globalThis, OF_WINDOW);
  listen(globalThis.document, OF_DOCUMENT);
  return () => ending.abort();
}

function isMoment(name) {
  return name !== "visibilitychange" || globalThis.document.visibilityState === "visible";
}
