// Alarms: what is open, the gravest where that is asked for, and who has seen it.
import { get, post, query } from "./api.js";
import { ofGateway } from "./fleet.js";
import { Leaf } from "./pages.js";
import { choice, count, html, leafing, nothing, table, time } from "./show.js";
import { t, word } from "./text.js";
import { may } from "./who.js";

const PAGE = 100;
const STATES = ["open", "active", "acknowledged", "cleared", ""];
const SEVERITIES = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"];
const KINDS = ["", "device", "supervision", "coverage", "gateway"];
const SORTS = ["raised", "severity", "state", "site", "device", "name"];
const state = { which: "open", severity: "", kind: "", site: "", text: "", sort: "raised", leaf: new Leaf(), of: "", found: null, sites: [], note: "" };

export async function load(signal) {
  if (state.of !== ofGateway()) state.leaf.first();
  state.of = ofGateway();
  const { which, severity, kind, site, text, sort, leaf } = state;
  const [found, coverage] = await Promise.all([
    get(`/alarms${query({ state: which, severity, kind, site, text: text.trim(), sort, limit: PAGE, after: leaf.cursor, gateway: ofGateway() })}`, signal),
    get(`/coverage${query({ window: "now", by: "site", gateway: ofGateway() })}`, signal)]);
  leaf.came(found.alarms.length, found.next);
  state.found = found;
  state.sites = coverage.groups.map((group) => group.site);
}

const handled = (alarm) => alarm.state !== undefined;

const words = (text) => ` ${text.toLowerCase().split(/[^\p{L}\p{N}]+/u).join(" ").trim()} `;

// Name and text, each once: many texts hold the name's words.
export function what(name, text) {
  if (!name || !text) return [name ?? "", text ?? ""];
  return words(text).includes(words(name)) ? ["", text] : [name, text];
}

function actions(alarm, again) {
  if (!handled(alarm) || alarm.state === "cleared") return nothing;
  const act = (verb) => async () => {
    const note = window.prompt(t("note"), "");
    if (note === null) return;
    try {
      await post(`/alarms/${encodeURIComponent(alarm.id)}/${verb}`, note ? { note } : {});
      state.note = "";
    } catch (fault) {
      state.note = fault.status === 403 ? t("your role may not do this") : fault.message;
    }
    again();
  };
  const isOurs = may("operator");
  return html`${alarm.state === "active" ? html`<button ?disabled=${!isOurs} @click=${act("acknowledge")}>${t("acknowledge")}</button>` : nothing}
    <button ?disabled=${!isOurs} @click=${act("clear")}>${t("clear")}</button>`;
}

function said(alarm) {
  const [name, text] = what(alarm.name === alarm.kind ? "" : alarm.name, alarm.text);
  const status = alarm.status ?? alarm.cap?.status;
  return html`${name ? html`<strong>${alarm.kind === "device" ? name : t(name)}${alarm.point ? ` · ${alarm.point}` : ""}</strong> ` : nothing}${status && status !== "Actual" ? html`<span class="chip">${t(status)}</span> ` : nothing}${
    alarm.kind && alarm.kind !== "device" ? html`<span class="chip">${t(alarm.kind)}</span> ` : nothing}${text}`;
}

function handling(alarm) {
  if (!handled(alarm)) return "–";
  return html`${t(alarm.state)}${alarm.acknowledgedBy ? ` · ${alarm.acknowledgedBy} ${time(alarm.acknowledgedMicros)}` : ""}
    ${alarm.clearedBy ? ` · ${t(alarm.clearedBy)} ${time(alarm.clearedMicros)}` : ""}
    ${alarm.escalatedMicros ? html`<span class="chip bad" title=${time(alarm.escalatedMicros)}>${t("escalated")}</span>` : nothing}
    ${alarm.notification ? html`<span class="chip ${alarm.notification === "failed" ? "bad" : ""}" title=${time(alarm.notifiedMicros)}>${t("notification")} ${word("notification", alarm.notification)}</span>` : nothing}
    ${alarm.note ? html`<div class="soft">${alarm.note}</div>` : nothing}`;
}

const severity = (alarm) => alarm.severity ?? alarm.cap?.severity;

const totals = (severities) =>
  SEVERITIES.filter((each) => severities?.[each]).map((each) => html` <span class="sev ${each}">${t(each)} ${count(severities[each])}</span>`);

export function view(again) {
  const { found, leaf } = state;
  if (!found) return html`<p>${t("loading")} …</p>`;
  const set = (name) => (value) => {
    state[name] = value;
    leaf.first();
    again();
  };
  const columns = [["raised", (a) => time(a.raisedMicros ?? a.t), "nowrap"],
    ["severity", (a) => html`<span class="sev ${severity(a)}">${t(severity(a))}</span>`],
    ["device", (a) => (a.device ? html`<a href="#devices/${encodeURIComponent(a.device)}">${a.device}</a>` : "–"), "name"],
    ["site", (a) => a.site, "name"], ...(found.alarms.some((a) => a.gateway) ? [["gateway", (a) => a.gateway, "name"]] : []), ["what", said, "wrap"], ["state", handling], ["", (a) => actions(a, again)]];
  return html`<section class="card"><div class="row"><h2>${t("Alarms")}</h2>
    ${choice("state", state.which, STATES, set("which"))}${choice("severity", state.severity, ["", ...SEVERITIES], set("severity"))}
    ${choice("kind", state.kind, KINDS, set("kind"))}${choice("site", state.site, [...new Set(["", state.site, ...state.sites])], set("site"), String)}
    <label>${t("search")} <input type="search" .value=${state.text} @input=${(event) => set("text")(event.target.value)}></label>
    ${choice("by order of", state.sort, SORTS, set("sort"))}</div>
    <div class="row">${leafing(leaf, found.total ?? null, again)}${totals(found.severities)}</div>
    ${state.note ? html`<p class="message bad" role="alert">${state.note}</p>` : nothing}
    ${found.alarms.length ? table(columns, found.alarms) : html`<p class="soft">${t("no alarms")}</p>`}
    ${leaf.hasNext || leaf.hasBefore ? html`<div class="row">${leafing(leaf, found.total ?? null, again)}</div>` : nothing}</section>`;
}
