// Devices: find one, and what it says.
import { get, post, query } from "./api.js";
import { fleet, ofGateway } from "./fleet.js";
import { Leaf } from "./pages.js";
import { choice, html, leafing, measured, nothing, ratio, seconds, spark, table, time } from "./show.js";
import { t, word } from "./text.js";
import { may } from "./who.js";

const PAGE = 100;
const OVERLAPS = ["0s", "1h", "24h"];
const state = { search: "", sector: "", site: "", model: "", rows: null, total: null, leaf: new Leaf(), of: "", overlap: "1h", one: null, detail: null, note: "", groups: [] };

export function open(id) {
  if (state.one !== (id || null)) {
    state.one = id || null;
    state.detail = null;
    state.note = "";
  }
}

async function optional(promise) {
  try {
    return await promise;
  } catch (fault) {
    if ([400, 403, 404].includes(fault.status)) return null; // no id, none of ours, none at all
    throw fault;
  }
}

export async function load(signal) {
  if (state.one) {
    const path = `/devices/${encodeURIComponent(state.one)}`;
    const [device, coverage, latest, refusals] = await Promise.all([
      optional(get(path, signal)), optional(get(`${path}/coverage`, signal)),
      // values and refusals are at the gateway that has the device
      fleet() ? null : optional(get(`${path}/latest`, signal)), fleet() ? null : optional(get(`${path}/refusals`, signal))]);
    state.detail = { device, coverage, latest, refusals };
  }
  if (state.of !== ofGateway()) state.leaf.first();
  state.of = ofGateway();
  const { sector, site, search, leaf } = state;
  const [page, groups] = await Promise.all([
    get(`/coverage/devices${query({ window: "1h", order: "id", limit: PAGE, sector, site, search: search.trim(), after: leaf.cursor, gateway: ofGateway() })}`, signal),
    get(`/coverage${query({ window: "now", by: "site", gateway: ofGateway() })}`, signal)]);
  // an older gateway tells neither the total nor whether there is a next page
  const next = page.next !== undefined ? page.next : page.devices.length === PAGE ? page.devices.at(-1).device : null;
  leaf.came(page.devices.length, next);
  state.rows = page.devices;
  state.total = page.total ?? null;
  state.groups = groups.groups;
}

const names = (field) => ["", ...new Set(state.groups.map((group) => group[field]))];

export function view(again) {
  const set = (name) => (value) => {
    state[name] = value;
    state.leaf.first();
    again();
  };
  if (!state.rows) return html`<p>${t("loading")} …</p>`;
  const found = state.rows;
  return html`${state.one ? detail(again) : nothing}
    <section class="card"><h2>${t("Devices")}</h2><div class="row" role="search">
      <label>${t("search")} <input type="search" .value=${state.search} @input=${(event) => set("search")(event.target.value)}></label>
      ${choice("sector", state.sector, names("sector"), set("sector"))}${choice("site", state.site, names("site"), set("site"), String)}
      ${leafing(state.leaf, state.total, again)}</div>
      ${table([["device", (d) => html`<a href="#devices/${encodeURIComponent(d.device)}">${d.device}</a>`],
        ["state", (d) => html`<span class=${d.connected ? "good" : "bad"}>${d.connected ? "●" : "○"} ${t(d.stopped ? "stopped" : d.connected ? "connected" : "lost")}</span>`],
        ["model", (d) => d.model], ["sector", (d) => t(d.sector)], ["site", (d) => d.site], ["interval", (d) => seconds(d.interval), "n"],
        ["last sample", (d) => time(d.lastSample), "nowrap"],
        ["completeness", (d) => ratio("completeness", d.completeness, d.filled, d.due), "n"],
        ["effective", (d) => ratio("effective", d.effective, d.good, d.due), "n"]], found)}
      <div class="row">${leafing(state.leaf, state.total, again)}</div></section>`;
}

function detail(again) {
  const { detail: all, one } = state;
  if (!all) return html`<section class="card"><h2>${one}</h2><p>${t("loading")} …</p></section>`;
  if (!all.device) return html`<section class="card"><h2>${one}</h2><p class="bad">${t("no devices")}</p></section>`;
  const { device } = all.device;
  const act = (path, body, show) => async () => {
    if (!window.confirm(`${one}: ${path}?`)) return;
    try {
      const answer = await post(`/devices/${encodeURIComponent(one)}/${path}`, body);
      state.note = show ? `${path}: ${show(answer)}` : `${path}: ${t("yes")}`;
    } catch (fault) {
      state.note = fault.status === 403 ? t("your role may not do this") : fault.message;
    }
    again();
  };
  const rotate = (event) => {
    event.preventDefault();
    const password = event.target.elements.password.value;
    event.target.reset();
    act("credentials", { overlap: state.overlap, credentials: { password } })();
  };
  const hour = all.coverage?.windows.find((each) => each.window === "24h");
  return html`<section class="card" aria-label=${one}>
    <div class="row"><h2>${one}</h2><a href="#devices">${t("close")}</a></div>
    <div class="grid"><dl>
      <dt>${t("model")}</dt><dd>${device.profile}</dd><dt>${t("sector")}</dt><dd>${t(device.sector)}</dd><dt>${t("site")}</dt><dd>${device.site}</dd>
      ${all.device.gateway ? html`<dt>${t("gateway")}</dt><dd>${all.device.gateway}</dd>` : nothing}<dt>${t("session")}</dt><dd>${all.device.connected ? all.device.address ?? t("yes") : t("no")}</dd>
      <dt>${t("last seen")}</dt><dd>${time(all.device.lastSeenMicros)}</dd>
      <dt>${t("state")}</dt><dd>${device.retired ? t("retired") : t(device.commissioned ? "commissioned" : "planned")}</dd></dl>
      <div ?hidden=${fleet() !== null}><div class="row">
        <button ?disabled=${!may("administrator")} @click=${act("token", {}, (a) => a.token ?? "")}>${t("issue token")}</button>
        <button ?disabled=${!may("administrator")} @click=${act("revoke", {})}>${t("revoke credentials")}</button>
        <button ?disabled=${!may("operator")} @click=${act("retire", {})}>${t("retire")}</button></div>
        <form class="row" @submit=${rotate}><label>${t("new password")} <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
          ${choice("old one valid for", state.overlap, OVERLAPS, (value) => { state.overlap = value; })}
          <button ?disabled=${!may("administrator")}>${t("rotate password")}</button></form>
        <p class="soft">${all.device.credentialKinds?.join(", ")}</p>
        ${state.note ? html`<p role="status"><code>${state.note}</code></p>` : nothing}</div></div>
    ${fleet() ? nothing : html`<h3>${t("Last values")}</h3>`}${fleet() ? nothing : all.latest?.metrics.length ? table([
      ["metric", (m) => m.name], ["value", (m) => measured(m.value), "n"], ["unit", (m) => m.unit],
      ["quality", (m) => html`<span class=${m.quality === "good" ? "good" : "bad"}>${word("quality", m.quality)}</span>`], ["time", (m) => time(m.tMicros), "nowrap"],
      ["trend", (m) => spark(m.spark, m.name)]], all.latest.metrics) : html`<p class="soft">${t("nothing seen yet")}</p>`}
    ${hour ? html`<h3>${t("Coverage by metric")} · ${t("24h")}</h3>${table([["metric", (m) => m.metric],
      ["completeness", (m) => ratio("completeness", m.due ? m.filled / m.due : null, m.filled, m.due), "n"],
      ["validity", (m) => ratio("validity", m.filled ? m.good / m.filled : null, m.good, m.filled), "n"]], hour.metrics)}` : nothing}
    ${fleet() ? nothing : html`<h3>${t("Last refusals")}</h3>${table([["time", (r) => time(r.atMicros), "nowrap"], ["reason", (r) => t(r.reason)], ["detail", (r) => r.detail, "wrap"],
      ["topic", (r) => r.topic, "wrap"]], all.refusals?.refusals ?? [])}`}</section>`;
}
