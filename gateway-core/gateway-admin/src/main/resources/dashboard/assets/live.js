// Live: the records as they come, the newest ROWS of them. Their rows are not lit-html's: each is made once and used again.
import { choice, count, html, measured, nothing, time } from "./show.js";
import { ROWS, takes } from "./streams.js";
import { language, t, word } from "./text.js";

const state = { records: [], paused: false, kind: "", filter: "", left: 0, isBroken: false };
// from the top: what is shown of state.records
let rows = [];
let body = null;
let spoken = "";

export const wanted = () => (state.paused ? null : { kind: state.kind, filter: state.filter });

export function open() {
  state.isBroken = false;
}

function makeRow() {
  const tr = document.createElement("tr");
  const cells = ["nowrap", "", "", "", "wrap"].map((name) => {
    const cell = tr.insertCell();
    cell.className = name;
    return cell;
  });
  const link = cells[2].appendChild(document.createElement("a"));
  return { tr, cells, link };
}

const values = (record) =>
  record.m.map((m) => `${m.n} ${measured(m.v)}${m.u ? ` ${m.u}` : ""}${m.q === "good" ? "" : ` (${word("quality", m.q)}${m.qr ? ` ${m.qr}` : ""})`}`).join(", ");

function fill({ cells, link }, record) {
  cells[0].textContent = time(record.t);
  cells[1].textContent = t(record.class);
  cells[1].className = record.class === "alarm" ? "bad" : "";
  link.textContent = record.device;
  link.href = `#devices/${encodeURIComponent(record.device)}`;
  cells[3].textContent = record.site;
  cells[4].textContent = values(record);
}

// The oldest first, as they came; rows at the bottom are those that go to the top.
function put(records) {
  const top = document.createDocumentFragment();
  const fresh = [];
  for (const record of records) {
    const row = rows.length + fresh.length < ROWS ? makeRow() : rows.pop() ?? fresh.shift();
    fill(row, record);
    fresh.push(row);
    top.prepend(row.tr);
  }
  rows = [...fresh.reverse(), ...rows];
  body?.prepend(top);
}

function again(redraw) {
  state.records = state.records.filter((record) => takes(record, state));
  body = null;
  redraw();
}

export function hear(message) {
  if (message.path === "/live") {
    state.isBroken = message.ended === true;
    return true;
  }
  if (!message.rows || state.paused) return false;
  const records = message.rows.filter((record) => takes(record, state));
  state.left += message.left;
  state.records = [...state.records, ...records].slice(-ROWS);
  put(records.slice(-ROWS));
  return true;
}

// After each rendering: a table that is new, filtered anew or in another language is filled.
export function after() {
  const found = document.getElementById("rows");
  if (found === body && spoken === language) return;
  body = found;
  spoken = language;
  rows = [];
  body?.replaceChildren();
  put(state.records);
}

export function view(redraw) {
  const columns = ["time", "class", "device", "site", "value"];
  return html`<section class="card"><div class="row"><h2>${t("Live")}</h2>
    ${choice("class", state.kind, ["", "telemetry", "event", "alarm", "state"], (value) => { state.kind = value; again(redraw); })}
    <label>${t("filter")} <input type="search" .value=${state.filter} @input=${(event) => { state.filter = event.target.value; again(redraw); }}></label>
    <button aria-pressed=${state.paused} @click=${() => { state.paused = !state.paused; redraw(); }}>${t(state.paused ? "go" : "pause")}</button>
    <span class="soft">≤ ${ROWS}${state.left ? ` · ${count(state.left)} ${t("more were not shown")}` : ""}</span>
    ${state.isBroken ? html`<span class="chip bad" role="status">${t("interrupted; trying again")}</span>` : nothing}</div>
    ${state.records.length ? nothing : html`<p class="soft">${t("waiting for records")} …</p>`}
    <div class="scroll" ?hidden=${!state.records.length}><table class="live"><thead><tr>${columns.map((each) => html`<th scope="col">${t(each)}</th>`)}</tr></thead>
      <tbody id="rows"></tbody></table></div></section>`;
}
