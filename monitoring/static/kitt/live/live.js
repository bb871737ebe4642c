/** The live page: three streams in, panels out. */

import { connect } from "../client/kitt-client.js";
import { earlier } from "./api.js";
import { backfill } from "./backfill.js";
import { Frames } from "./frames.js";
import { MapPanel } from "./map/map.js";
import { PackingPanel } from "./packing/panel.js";
import { setText } from "./panels/dom.js";
import { FilterBar } from "./panels/filters.js";
import { Lights } from "./panels/light.js";
import { LogPanel } from "./panels/log.js";
import { Name } from "./panels/name.js";
import { NoticesPanel } from "./panels/notices.js";
import { ShipmentPanel } from "./panels/shipment.js";
import { TablePanel } from "./panels/table.js";
import { Tabs } from "./panels/tabs.js";
import { viewOf } from "./state/filters.js";
import { Fleet } from "./state/fleet.js";
import { Hazards } from "./state/hazards.js";
import { History } from "./state/history.js";
import { Journal } from "./state/journal.js";
import { Notices, answerTo } from "./state/notices.js";

const LAST = { freight: 1_000, packing: 400, notifications: 1_000 };
const TYPES = ["shipment_request", "route_update", "packing_result", "damage_prediction", "notification", "weather_alert", "traffic_update", "error"];
const SECOND_MS = 1_000;
const VIEWS_MS = 100;

const $ = (selector) => document.querySelector(selector);
const { isOpen, mayPublish, user } = document.body.dataset;

const fleet = new Fleet();
const notices = new Notices();
const hazards = new Hazards();
const journal = new Journal();
let history = null;
let isIncomplete = false;
let chosen = [];
let viewsAt = -Infinity;

const frames = new Frames(draw);
const name = new Name($("#name-dialog"), user);
const tabs = new Tabs($("#tabs"));
const lights = new Lights($("#lights"), $("#announcer"), Object.keys(LAST));
const filterBar = new FilterBar($("#filters"), () => ask({ isOtherChoice: true }));
const table = new TablePanel($("#table"), { onSelect: select, onRefresh: () => frames.now() });
const map = new MapPanel($("#map"), { onSelect: select, onMove: () => frames.now() });
const shipmentPanel = new ShipmentPanel($("#shipment"), frames);
const logPanel = new LogPanel($("#log"), { journal, types: TYPES, frames });
const noticesPanel = new NoticesPanel($("#alerts"), { onAnswer: answer, onSelect: select, mayPublish: mayPublish === "yes", frames });

const packingPanel = new PackingPanel($("#packing"));

const streams = Object.fromEntries(Object.keys(LAST).map((endpoint) => [endpoint, follow(endpoint)]));

function follow(endpoint) {
  return connect(endpoint, {
    clientId: isOpen === "yes" ? clientId() : null,
    last: LAST[endpoint],
    onMessage: (message) => take(endpoint, message),
    onState: (state) => noteState(endpoint, state),
    onGap: (gap) => lose(endpoint, gap),
  });
}

function noteState(endpoint, state) {
  lights.set(endpoint, state);
  frames.soon();
  if (state.name === "live" && endpoint === "packing") packingPanel.goLive();
  if (state.name === "live" && isIncomplete) reload();
}

function take(endpoint, { epoch, ...message }) {
  if (endpoint !== "notifications") fleet.apply(message);
  else if (message.type === "notification" || message.type === "error") notices.apply(message);
  else hazards.apply(message);
  if (endpoint === "notifications") noticesPanel.changed();
  if (endpoint === "packing") packingPanel.onMessage(message);
  journal.add(endpoint, message);
  logPanel.changed();
  if (history?.add(endpoint, message)) shipmentPanel.changed();
  frames.soon();
}

/** Messages are lost for good: nothing that they may have changed is shown any more until it is read anew. */
function lose(endpoint, { missedAfter, resumesAfter }) {
  if (endpoint === "notifications") {
    notices.clear();
    hazards.clear();
    noticesPanel.changed();
  } else fleet.forget(endpoint);
  $("#gap").hidden = false;
  setText($("#gap span"), `Messages of ${endpoint} after ${missedAfter} were lost; it goes on after ${resumesAfter}. What is shown was read anew.`);
  reload();
}

/** Where it fails it is tried again when a connection is live again. */
async function reload() {
  isIncomplete = false;
  try {
    await backfill(fleet, () => ask());
    $("#trouble").hidden = true;
  } catch (error) {
    isIncomplete = true;
    $("#trouble").hidden = false;
    setText($("#trouble span"), `What was before could not be read (${error.message}): shipments that have been silent for long may be missing.`);
  }
}

async function answer(row, state) {
  const by = await name.get();
  await streams.notifications.publish("notification", answerTo(row, state, by, Date.now()));
}

function select(id) {
  history = new History(id, earlier);
  shipmentPanel.show(history);
  packingPanel.select(id);
  const shipment = fleet.get(id);
  if (shipment) map.goTo(shipment);
  if (document.body.dataset.panel !== "packing") tabs.open("shipment");
  ask();
}

/** Draw soon what the user has asked for. */
function ask(how) {
  viewsAt = -Infinity;
  table.refresh(how);
}

/** A name for this browser, where nobody asks who it is. */
function clientId() {
  const KEY = "kitt.client";
  const known = localStorage.getItem(KEY) ?? `live-${Math.random().toString(36).slice(2, 10)}`;
  localStorage.setItem(KEY, known);
  return known;
}

function draw(now) {
  const clockNow = Date.now();
  if (now - viewsAt >= VIEWS_MS) {
    viewsAt = now;
    const views = fleet.listed.map((shipment) => viewOf(shipment, notices.of(shipment.id), clockNow));
    filterBar.count(views);
    chosen = filterBar.chosen(views);
  }
  const selected = history && fleet.get(history.id);
  lights.draw(clockNow);
  map.show(chosen, hazards.rows, selected);
  map.draw(now);
  table.draw(chosen, history?.id, now, clockNow);
  noticesPanel.draw(notices, hazards, clockNow);
  logPanel.draw();
  shipmentPanel.draw(selected && viewOf(selected, notices.of(selected.id), clockNow), clockNow);
  tabs.mark("alerts", notices.unsettledCount);
  tabs.mark("packing", packingPanel.unseenCount);
}

setInterval(() => {
  const now = Date.now();
  fleet.expire(now);
  const hasNews = [notices.expire(now), hazards.expire(now)].some(Boolean);
  if (hasNews) noticesPanel.changed();
  // Ages and countdowns go on where nothing comes.
  frames.soon();
}, SECOND_MS);

for (const banner of document.querySelectorAll(".banner")) {
  banner.querySelector("button").addEventListener("click", () => (banner.hidden = true));
}
map.load($("#map").dataset.outlines).catch((error) => console.warn(error));
reload();
frames.now();
