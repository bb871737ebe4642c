/** Asks for the figures every two seconds, one question at a time, and shows them; says so when there is no answer. */

import { LineChart } from "./chart.js";
import { count } from "./elements.js";
import { History, Rates } from "./history.js";
import { disconnectsTable, newestTable, nodesTable, sentAwayTable, streamsTable, totals } from "./tables.js";

const EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 10_000;

const part = (id) => document.getElementById(id);
const histories = { connections: new History(), rates: new History(), answers: new History() };
const rates = new Rates();
const charts = [];
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
  const perSecond = rates.next(Date.parse(figures.at), figures.heads);
  addPoint({ connections: figures.connections, rates: perSecond, answers: { milliseconds: tookMs } });
  if (charts.length === 0) drawCharts(figures);
  charts.forEach((chart) => chart.draw());
  part("totals").replaceChildren(...totals(figures, perSecond));
  part("nodes").replaceChildren(nodesTable(figures));
  part("streams").replaceChildren(streamsTable(figures, perSecond));
  part("disconnects").replaceChildren(disconnectsTable(figures));
  part("sent-away").replaceChildren(sentAwayTable(figures));
  part("newest").replaceChildren(newestTable(figures));
  heardAt = new Date();
  say("live", "Live, every 2 s");
}

function addPoint(values) {
  for (const [name, history] of Object.entries(histories)) history.add(Date.now(), values[name] ?? {});
}

function drawCharts({ connections, heads }) {
  const whole = (value) => (value === null ? "—" : count(value));
  const tenths = (value) => (value === null ? "—" : value.toFixed(1));
  charts.push(
    new LineChart(part("connections"), histories.connections, Object.keys(connections), whole),
    new LineChart(part("rates"), histories.rates, Object.keys(heads), tenths),
    new LineChart(part("answers"), histories.answers, ["milliseconds"], tenths),
  );
}

function fail(error) {
  addPoint({});
  rates.forget();
  charts.forEach((chart) => chart.draw());
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
