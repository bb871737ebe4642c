/** Asks for the figures every two seconds, one question at a time, and shows them; says so when there is no answer. */

import { LineChart } from "./chart.js";
import { CHARTS } from "./charts.js";
import { element } from "./elements.js";
import { History, Rates } from "./history.js";
import { Steps } from "./steps.js";
import { disconnectsTable, newestTable, nodesTable, sentAwayTable, streamsTable, telling, totals } from "./tables.js";

const EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 10_000;

const part = (id) => document.getElementById(id);
const rates = new Rates();
const steps = new Steps();
const charts = CHARTS.map((description) => {
  const history = new History();
  const container = element("section", { className: "chart", id: description.id });
  part(description.place).append(container);
  return { description, history, lines: new LineChart(container, history, description) };
});
let heardAt = null;

class LoggedOut extends Error {}

async function ask() {
  const asked = performance.now();
  const response = await fetch(document.body.dataset.figures, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (response.status === 401) throw new LoggedOut();
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return { figures: await response.json(), tookMs: performance.now() - asked };
}

function show({ figures, tookMs }) {
  const stored = rates.next(Date.parse(figures.at), figures.heads);
  const look = { ...figures, stored, tookMs, steps: steps.next(figures.nodes) };
  draw(({ of }) => of(look));
  part("telling").textContent = telling(look);
  part("totals").replaceChildren(...totals(look));
  part("nodes").replaceChildren(nodesTable(look));
  part("streams").replaceChildren(streamsTable(look));
  part("disconnects").replaceChildren(disconnectsTable(figures));
  part("sent-away").replaceChildren(sentAwayTable(figures));
  part("newest").replaceChildren(newestTable(figures));
  heardAt = new Date();
  say("live", "Live, every 2 s");
}

function draw(valuesOf) {
  const now = Date.now();
  for (const { description, history, lines } of charts) {
    history.add(now, valuesOf(description));
    lines.draw();
  }
}

function fail(error) {
  rates.forget();
  steps.forget();
  draw(() => null);
  if (error instanceof LoggedOut) return say("lost", "Logged out: log in again to go on.");
  const last = heardAt === null ? "" : ` What is shown is of ${heardAt.toLocaleTimeString()}.`;
  say("lost", `No figures: ${error.message}.${last}`);
}

/** Told once, so that a screen reader does not read it out every two seconds. */
function say(state, words) {
  const status = part("status");
  status.dataset.state = state;
  if (status.textContent !== words) status.textContent = words;
}

async function follow() {
  try {
    show(await ask());
  } catch (error) {
    fail(error);
  }
  setTimeout(follow, EVERY_MS);
}

follow();
