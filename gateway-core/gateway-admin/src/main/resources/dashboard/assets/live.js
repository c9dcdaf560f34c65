// Live: the records as they come, at most ROWS of them.
import { stream } from "./api.js";
import { choice, html, table, time } from "./show.js";
import { t } from "./text.js";

const ROWS = 200;
const state = { rows: [], paused: false, kind: "", filter: "" };
let again = () => {};
let due = false;

export async function run(signal, onChange) {
  again = onChange;
  await stream("/live", (name, record) => {
    if (name !== "message" || state.paused || !takes(record)) return;
    state.rows.unshift(record);
    state.rows.length = Math.min(ROWS, state.rows.length);
    if (!due) {
      due = true;
      setTimeout(() => { due = false; again(); }, 250);
    }
  }, signal);
}

const takes = (record) =>
  (!state.kind || record.class === state.kind)
  && (!state.filter || `${record.device} ${record.site} ${record.sector} ${record.model}`.toLowerCase().includes(state.filter.toLowerCase()));

const values = (record) => record.m.map((m) => `${m.n} ${m.v}${m.u ? ` ${m.u}` : ""}${m.q === "good" ? "" : ` (${m.q})`}`).join(", ");

export function view() {
  return html`<section class="card"><div class="row"><h2>${t("Live")}</h2>
    ${choice("class", state.kind, ["", "telemetry", "event", "alarm", "state"], (value) => { state.kind = value; state.rows = state.rows.filter(takes); again(); })}
    <label>${t("filter")} <input type="search" .value=${state.filter} @input=${(event) => { state.filter = event.target.value; state.rows = state.rows.filter(takes); again(); }}></label>
    <button aria-pressed=${state.paused} @click=${() => { state.paused = !state.paused; again(); }}>${t(state.paused ? "go" : "pause")}</button>
    <span class="soft">≤ ${ROWS}</span></div>
    ${state.rows.length ? table([["time", (r) => time(r.t)], ["class", (r) => html`<span class=${r.class === "alarm" ? "bad" : ""}>${r.class}</span>`],
      ["device", (r) => html`<a href="#devices/${encodeURIComponent(r.device)}">${r.device}</a>`], ["site", (r) => r.site],
      ["value", (r) => values(r), "wrap"]], state.rows) : html`<p class="soft">${t("waiting for records")} …</p>`}</section>`;
}
