// Alarms: what is open, and who has seen it.
import { get, post, query } from "./api.js";
import { choice, html, nothing, table, time } from "./show.js";
import { t } from "./text.js";

const state = { which: "open", alarms: null, note: "" };

export async function load(signal) {
  state.alarms = (await get(`/alarms${query({ state: state.which, limit: 200 })}`, signal)).alarms;
}

const handled = (alarm) => alarm.state !== undefined;

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
  return html`${alarm.state === "active" ? html`<button @click=${act("acknowledge")}>${t("acknowledge")}</button>` : nothing}
    <button @click=${act("clear")}>${t("clear")}</button>`;
}

export function view(again) {
  if (!state.alarms) return html`<p>${t("loading")} …</p>`;
  const status = (a) => a.status ?? a.cap?.status;
  const severity = (a) => a.severity ?? a.cap?.severity;
  return html`<section class="card"><div class="row"><h2>${t("Alarms")}</h2>
    ${choice("state", state.which, ["open", "active", "acknowledged", "cleared", ""], (value) => { state.which = value; again(); })}</div>
    ${state.note ? html`<p class="message bad" role="alert">${state.note}</p>` : nothing}
    ${state.alarms.length ? table([["raised", (a) => time(a.raisedMicros ?? a.t)],
      ["severity", (a) => html`<span class=${/Extreme|Severe/.test(severity(a)) ? "bad" : "warn"}>${severity(a)}</span>`],
      ["device", (a) => (a.device ? html`<a href="#devices/${encodeURIComponent(a.device)}">${a.device}</a>` : "–")], ["site", (a) => a.site],
      ["what", (a) => html`${a.name ?? ""} ${status(a) && status(a) !== "Actual" ? html`<span class="chip">${status(a)}</span>` : nothing}
        ${a.kind && a.kind !== "device" ? html`<span class="chip">${t(a.kind)}</span>` : nothing} ${a.text ?? ""}`, "wrap"],
      ["state", (a) => (handled(a) ? html`${t(a.state)}${a.acknowledgedBy ? ` · ${a.acknowledgedBy} ${time(a.acknowledgedMicros)}` : ""}
        ${a.clearedBy ? ` · ${a.clearedBy} ${time(a.clearedMicros)}` : ""}
        ${a.escalatedMicros ? html`<span class="chip bad" title=${time(a.escalatedMicros)}>${t("escalated")}</span>` : nothing}
        ${a.note ? html`<div class="soft">${a.note}</div>` : nothing}` : "–")],
      ["", (a) => actions(a, again)]], state.alarms) : html`<p class="soft">${t("no alarms")}</p>`}</section>`;
}
