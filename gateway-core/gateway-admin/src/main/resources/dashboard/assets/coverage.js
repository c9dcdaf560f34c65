// Coverage: sites by sector, the course, the worst devices, what has changed.
import { get, post, query, remove } from "./api.js";
import { choice, count, day, hour, html, level, nothing, percent, ratio, seconds, table, tile, time, toSeconds } from "./show.js";
import { fleet, ofGateway } from "./fleet.js";
import { t } from "./text.js";
import { may } from "./who.js";

const KINDS = {
  effective: ["effective", "good", "due"],
  completeness: ["completeness", "filled", "due"],
  validity: ["validity", "good", "filled"],
  connection: ["connection", "connected", "expected"],
  reporting: ["reportingRatio", "reporting", "expected"],
  timeliness: ["timeliness", "timely", "received"],
  plan: ["plan", "commissioned", "planned"],
};
const state = { window: "1h", kind: "effective", trend: "24h", chosen: null, scope: "site", since: "1h", what: "", note: "", hint: "", data: null };
const WHATS = ["lost", "returned", "registered", "retired", "moved", "stopped", "resumed"];
const SCOPES = ["all", "sector", "site", "model", "device"];
let chart = null;

const figure = (kind, group) => {
  const [value, numerator, denominator] = KINDS[kind];
  return ratio(kind, group[value], group[numerator], group[denominator]);
};

export async function load(signal) {
  const { window, trend, chosen } = state;
  const gateway = ofGateway();
  const { sector, site } = chosen ?? {};
  const key = chosen ? { by: "site", key: site, sector } : { by: "all" };
  const [all, sites, models, points, worst, changes, stops] = await Promise.all([
    get(`/coverage${query({ window, by: "all", gateway })}`, signal),
    get(`/coverage${query({ window, by: "site", gateway })}`, signal),
    get("/coverage?window=now&by=model", signal),
    get(`/coverage/trend${query({ window: trend, ...key, gateway })}`, signal),
    get(`/coverage/devices${query({ window, sector, site, limit: 10, gateway })}`, signal),
    get(`/coverage/changes${query({ window: state.since, what: state.what, limit: 100 })}`, signal),
    get("/coverage/stops", signal),
  ]);
  state.data = { all, sites, models, points, worst: worst.devices, changes, stops: stops.stops };
}

export function view(again) {
  const { data } = state;
  const set = (name) => (value) => {
    state[name] = value;
    again();
  };
  if (!data) return html`<p>${t("loading")} …</p>`;
  const total = data.all.groups[0];
  const of = state.chosen ? ` · ${state.chosen.site} · ${t(state.chosen.sector)}` : "";
  return html`
    <div class="row">
      ${choice("window", state.window, ["now", "1h", "24h", "30d"], set("window"))}
      ${choice("figure", state.kind, Object.keys(KINDS), set("kind"))}
      <span class="chip">${t(data.all.final ? "final" : "provisional")}</span>
      ${ofGateway() ? html`<span class="chip">${t("gateway")} ${ofGateway()}</span>` : nothing}
      <span class="soft">${toSeconds(data.all.start)} – ${toSeconds(data.all.end)}</span>
      ${data.all.outageSeconds > 0 ? html`<span class="chip warn">${t("gateway was away")}: ${seconds(data.all.outageSeconds)}</span>` : nothing}
    </div>
    <div class="tiles ${data.all.fleet?.provisional ? "part" : ""}">${Object.keys(KINDS).map((kind) => tile(kind, figure(kind, total)))}
      ${tile("expected", count(total.expected))}</div>
    <section class="card" aria-label=${t("Sites by sector")}><h2>${t("Sites by sector")} · ${t(state.kind)}</h2>
      <div class="grid">${sectors(data.sites.groups).map(([sector, groups]) => html`<div class="sector"><h3>${t(sector)}</h3><div class="heat">
        ${groups.map((group) => cell(group, set("chosen")))}</div></div>`)}</div>
      ${data.sites.groups.length ? nothing : html`<p class="soft">${t("nothing expected")}</p>`}
    </section>
    <section class="card" aria-label=${t("Trend")}><div class="row"><h2>${t("Trend")}${of}</h2>
      ${choice("window", state.trend, ["24h", "30d"], set("trend"))}
      ${state.chosen ? html`<button @click=${() => set("chosen")(null)}>${t("all")}</button>` : nothing}</div>
      <div class="chart" id="trend" role="img" aria-label=${trendText(data.points)}></div></section>
    <div class="grid">
      <section class="card"><h2>${t("Worst devices")}${of}</h2>${table(
        [["device", (d) => html`<a href="#devices/${encodeURIComponent(d.device)}">${d.device}</a>`], ["site", (d) => d.site], ["sector", (d) => t(d.sector)],
          ["effective", (d) => ratio("effective", d.effective, d.good, d.due), "n"],
          ["last sample", (d) => time(d.lastSample), "nowrap"],
          ["state", (d) => t(d.stopped ? "stopped" : d.connected ? "connected" : "lost")]], data.worst)}</section>
      ${fleet() ? nothing : changesCard(data.changes, set)}
    </div>
    ${fleet() ? nothing : stopsCard(data, set, again)}`;
}

// What became of devices, by kind: many of one kind do not hide the few of another.
function changesCard({ changes, counts, cut }, set) {
  const rest = Object.entries(counts ?? {}).filter(([, n]) => n > 0).map(([what, n]) => `${t(what)} ${count(n)}`).join(" · ");
  return html`<section class="card"><div class="row"><h2>${t("Changes")}</h2>
      ${choice("window", state.since, ["1h", "24h"], set("since"))}${choice("what", state.what, ["", ...WHATS], set("what"))}
      <span class="soft">${rest}${cut ? ` · ${t("older ones of a kind are not kept")}` : ""}</span></div>
    <div class="tall">${table([["time", (c) => time(c.at), "nowrap"], ["what", (c) => html`<span class=${c.what === "lost" ? "bad" : ""}>${t(c.what)}</span>`],
      ["device", (c) => html`<a href="#devices/${encodeURIComponent(c.device)}">${c.device}</a>`], ["site", (c) => c.site]], changes)}</div></section>`;
}

// Approved stops: for their time nothing is due of what they name.
function stopsCard(data, set, again) {
  const tried = async (act) => {
    try {
      // what was done may be odd all the same, such as a stop of a site that no device has
      state.hint = (await act())?.warning ?? "";
      state.note = "";
    } catch (fault) {
      state.note = fault.status === 403 ? t("your role may not do this") : fault.message;
    }
    again();
  };
  const micros = (field) => (field.value ? new Date(field.value).getTime() * 1000 : undefined);
  const add = (event) => {
    event.preventDefault();
    const { elements } = event.target;
    const stop = { scope: state.scope, reason: elements.reason.value, from: micros(elements.from), to: micros(elements.to) };
    if (state.scope !== "all") stop.key = elements.key.value.trim();
    const known = names(data, state.scope);
    if (known.length && !known.includes(stop.key) && !window.confirm(`${stop.key}: ${t("the gateway has no such one; take the stop down all the same?")}`)) return;
    tried(() => post("/coverage/stops", stop)).then(() => { if (!state.note) event.target.reset(); });
  };
  const now = Date.now() * 1000;
  const isOver = (stop) => stop.to !== null && stop.to <= now;
  return html`<section class="card"><h2>${t("Approved stops")}</h2>
    ${state.note ? html`<p class="message bad" role="alert">${state.note}</p>` : nothing}
    ${state.hint ? html`<p class="message" role="status">${state.hint}</p>` : nothing}
    ${table([["what", (s) => (s.scope === "all" ? t("all") : html`${t(s.scope)} <b>${s.key}</b>`)],
      ["from", (s) => toSeconds(s.from), "nowrap"], ["until", (s) => toSeconds(s.to), "nowrap"], ["reason", (s) => s.reason, "wrap"], ["by", (s) => s.by],
      ["", (s) => (isOver(s) ? t("over") : html`<button ?disabled=${!may("operator")} @click=${() => tried(() => remove(`/coverage/stops/${s.id}`))}>${t("end stop")}</button>`)]],
      [...data.stops].sort((a, b) => b.from - a.from).slice(0, 20))}
    <form class="row" id="stop" @submit=${add}>${choice("for", state.scope, SCOPES, set("scope"))}
      ${state.scope === "all" ? nothing : html`<label>${t(state.scope)} <input name="key" list="keys" required autocomplete="off"></label><datalist id="keys">${names(data, state.scope).map((each) => html`<option value=${each}></option>`)}</datalist>`}
      <label>${t("reason")} <input name="reason" required maxlength="200"></label>
      <label>${t("from")} <input name="from" type="datetime-local"></label>
      <label>${t("until")} <input name="to" type="datetime-local"></label>
      <button ?disabled=${!may("operator")}>${t("add stop")}</button></form>
    <p class="soft">${t("without a beginning it begins now, without an end it lasts until it is ended")}</p></section>`;
}

// The sectors, sites or models that there are; nothing where the list would have to be of all devices.
function names(data, scope) {
  const groups = { sector: data.sites.groups, site: data.sites.groups, model: data.models.groups }[scope] ?? [];
  return [...new Set(groups.map((group) => (scope === "model" ? group.key : group[scope])))].sort();
}

function sectors(groups) {
  const by = new Map();
  for (const group of groups) by.set(group.sector, [...(by.get(group.sector) ?? []), group]);
  return [...by].sort(([a], [b]) => a.localeCompare(b));
}

function cell(group, pick) {
  const [value, numerator, denominator] = KINDS[state.kind];
  const { sector, site } = group;
  const isChosen = state.chosen?.site === site && state.chosen.sector === sector;
  return html`<button class="cell ${level(group[value])}" aria-pressed=${isChosen} title=${t(state.kind)}
    @click=${() => pick(isChosen ? null : { sector, site })}><span class="name">${site}</span><b>${percent(group[value])}</b>
    <span class="soft">${count(group[numerator])} ÷ ${count(group[denominator])}</span></button>`;
}

const trendText = (trend) =>
  trend.points.map((p) => `${toSeconds(p.t)} ${percent(p.effective)}`).join(", ");

// After each rendering: the chart is not lit-html's.
export function after() {
  const place = document.getElementById("trend");
  const points = state.data?.points.points;
  if (!place || !points || !window.uPlot) return;
  const css = getComputedStyle(document.documentElement);
  const color = (name) => css.getPropertyValue(name).trim();
  const known = points.filter((p) => p.effective !== null).length;
  const percents = (name) => points.map((p) => (p[name] === null ? null : p[name] * 100));
  const data = [points.map((p) => p.t / 1e6), percents("effective"), percents("completeness"), percents("reportingRatio")];
  const width = place.clientWidth;
  const look = `${width} ${color("--text")} ${t("effective")} ${state.data.points.step}`;
  if (chart && chart.look === look && chart.root.parentNode === place) {
    chart.points = points;
    chart.setData(data);
    return;
  }
  place.replaceChildren();
  const axis = { stroke: color("--soft"), grid: { stroke: color("--line") }, ticks: { stroke: color("--line") } };
  const line = (label, stroke, dash) => ({ label: `${t(label)} %`, stroke, dash, width: 2, points: { show: known < 3, size: 8 } });
  chart = new window.uPlot({
    width, height: 240,
    scales: { y: { range: [0, 100] } },
    axes: [{ ...axis, values: (u, splits) => splits.map((at) => (state.data.points.step < 86_400 ? hour : day)(at * 1e6)) }, { ...axis, size: 45 }],
    series: [{ label: t("time"), value: (u, at) => (at === null ? "–" : toSeconds(at * 1e6)) }, line("effective", color("--accent")), line("completeness", color("--good"), [6, 3]), line("reporting", color("--warn"), [2, 3])],
    hooks: { drawClear: [(u) => shade(u, color("--chip"))] },
  }, data, place);
  chart.look = look;
  chart.points = points;
}

// Where the gateway itself was away.
function shade(u, color) {
  const points = u.points ?? state.data.points.points;
  const step = state.data.points.step;
  for (const point of points) {
    if (point.outageSeconds > 0) {
      const from = u.valToPos(point.t / 1e6, "x", true);
      const to = u.valToPos(point.t / 1e6 + Math.max(point.outageSeconds, step / 20), "x", true);
      u.ctx.fillStyle = color;
      u.ctx.fillRect(from, u.bbox.top, to - from, u.bbox.height);
    }
  }
}
