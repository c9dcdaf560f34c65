// Gateways of a fleet: who is well, who is silent, whose spool fills. Those in trouble come first.
import { get } from "./api.js";
import { choose, ofGateway } from "./fleet.js";
import { bar, choice, count, decimal, html, nothing, percent, seconds, table, toSeconds } from "./show.js";
import { t } from "./text.js";

const PAGE = 100;
const HEALTH = ["silent", "not-ready", "stopped", "ready"];
const LEVELS = { ready: "good", "not-ready": "warn", stopped: "", silent: "bad" };
const HOURS_FEW = 24;
const LAG_LONG = 60;
const CLOCK_OFF = 10;
const state = { found: null, search: "", health: "", region: "", sort: "trouble", shown: PAGE };

export async function load(signal) {
  state.found = await get("/gateways", signal);
}

const endless = (hours) => hours ?? Number.POSITIVE_INFINITY;
const byName = (a, b) => a.id.localeCompare(b.id, undefined, { numeric: true });

// How much is wrong with one that runs: what is lost first weighs most.
function wrong(g) {
  return (endless(g.hoursLeft) < HOURS_FEW ? 4 : 0) + (g.lagSeconds >= LAG_LONG ? 2 : 0) + (Math.abs(g.clockOffSeconds) >= CLOCK_OFF ? 1 : 0);
}

const ORDERS = {
  trouble: (a, b) => HEALTH.indexOf(a.health) - HEALTH.indexOf(b.health) || wrong(b) - wrong(a) || endless(a.hoursLeft) - endless(b.hoursLeft) || b.lagSeconds - a.lagSeconds || byName(a, b),
  gateway: byName,
  lag: (a, b) => b.lagSeconds - a.lagSeconds || byName(a, b),
  fill: (a, b) => b.spoolFill - a.spoolFill || byName(a, b),
  sessions: (a, b) => b.sessions - a.sessions || byName(a, b),
};

export const inOrder = (gateways, by) => [...gateways].sort(ORDERS[by]);

function isWanted(g) {
  const { search, health, region } = state;
  const text = search.trim().toLowerCase();
  return (!ofGateway() || g.id === ofGateway()) && (!health || g.health === health) && (!region || g.region === region) &&
    (!text || `${g.id} ${g.region ?? ""} ${g.version} ${g.reasons.join(" ")}`.toLowerCase().includes(text));
}

const mark = (is, level, text) => (is ? html`<span class=${level}>${text}</span>` : text);

export function view(again) {
  const { found } = state;
  if (!found) return html`<p>${t("loading")} …</p>`;
  const set = (name) => (value) => {
    state[name] = value;
    if (name !== "shown") state.shown = PAGE;
    again();
  };
  const of = (event, id) => {
    event.preventDefault();
    choose(id);
    location.hash = "coverage";
  };
  const rows = inOrder(found.gateways.filter(isWanted), state.sort);
  const counts = HEALTH.map((each) => [each, found.gateways.filter((g) => g.health === each).length]).filter(([, n]) => n > 0);
  const regions = ["", ...new Set(found.gateways.map((g) => g.region).filter(Boolean))].sort();
  return html`<section class="card"><div class="row"><h2>${t("Gateways")}</h2>
      <span class="soft" role="status">${rows.length === found.total ? count(found.total) : `${count(rows.length)} ${t("of")} ${count(found.total)}`}</span>
      ${counts.map(([each, n]) => html`<span class="chip ${LEVELS[each]}">${t(each)} ${count(n)}</span>`)}</div>
    <div class="row" role="search"><label>${t("search")} <input type="search" .value=${state.search} @input=${(event) => set("search")(event.target.value)}></label>
      ${choice("state", state.health, ["", ...HEALTH], set("health"))}${regions.length > 1 ? choice("region", state.region, regions, set("region"), String) : nothing}
      ${choice("by order of", state.sort, Object.keys(ORDERS), set("sort"))}</div>
    ${table([["gateway", (g) => html`<a href="?gateway=${encodeURIComponent(g.id)}#coverage" @click=${(event) => of(event, g.id)}>${g.id}</a>`, "name"],
      ["state", (g) => html`<span class="nowrap ${LEVELS[g.health]}">● ${t(g.health)}</span>${g.health === "silent" ? html` <span class="soft">${seconds(g.silentSeconds)}</span>` : nothing}${g.reasons.length ? html`<div class="soft">${g.reasons.join("; ")}</div>` : nothing}`],
      ["region", (g) => g.region ?? "–"], ["last seen", (g) => toSeconds(g.heardMicros), "nowrap"], ["version", (g) => g.version], ["sessions", (g) => count(g.sessions), "n"],
      ["backlog", (g) => count(g.backlog), "n"], ["lag", (g) => mark(g.lagSeconds >= LAG_LONG, "warn", seconds(g.lagSeconds)), "n"],
      ["fill", (g) => html`${bar(g.spoolFill)}${percent(g.spoolFill)}`],
      ["hours left at this rate", (g) => mark(endless(g.hoursLeft) < HOURS_FEW, "bad", g.hoursLeft === null ? t("not growing") : decimal(g.hoursLeft)), "n"],
      ["clock off", (g) => mark(Math.abs(g.clockOffSeconds) >= CLOCK_OFF, "warn", seconds(g.clockOffSeconds)), "n"],
      ["Dead letters", (g) => count(g.deadLetters), "n"]], rows.slice(0, state.shown))}
    ${rows.length > state.shown ? html`<div class="row"><button @click=${() => set("shown")(state.shown + PAGE)}>${t("more")}</button><span class="soft">${count(rows.length - state.shown)} ${t("more were not shown")}</span></div>` : nothing}</section>`;
}
