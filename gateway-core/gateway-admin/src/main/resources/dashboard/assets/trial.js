// What a payload would become: its records, or why it would be refused and where.
import { get, post } from "./api.js";
import { html, nothing } from "./show.js";
import { t } from "./text.js";

const state = { as: "profile", name: "", topic: "telemetry", fPort: "", kind: "text", payload: "", result: null, octets: null, note: "", profiles: [] };
const AT_BYTE = /\bat byte (\d+)/;
const SHOWN = 60;

export async function load(signal) {
  if (!state.profiles.length) state.profiles = (await get("/profiles", signal)).profiles;
}

// The bytes of what was written: text as UTF-8, or pairs of hex digits with anything between them that is none.
export function octets(kind, payload) {
  if (kind === "text") return new TextEncoder().encode(payload);
  const digits = payload.replace(/0x|[\s,:;-]/gi, "");
  return /^([0-9a-f]{2})*$/i.test(digits) ? Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)) : null;
}

// What lies before, at and behind the byte that a fault names; null where it names none.
export function place(detail, kind, all) {
  const at = Number(AT_BYTE.exec(detail ?? "")?.[1] ?? -1);
  if (at < 0 || at > all.length) return null;
  const show = (part) => (kind === "text" ? new TextDecoder().decode(part) : Array.from(part, (each) => each.toString(16).padStart(2, "0")).join(" "));
  return [show(all.slice(Math.max(0, at - SHOWN), at)), show(all.slice(at, at + 1)) || "▮", show(all.slice(at + 1, at + SHOWN))];
}

const base64 = (all) => btoa(Array.from(all, (each) => String.fromCharCode(each)).join(""));

async function ask() {
  state.result = null;
  state.octets = octets(state.kind, state.payload);
  if (!state.octets) {
    state.note = t("these are no hex digits");
    return;
  }
  const trial = { [state.as]: state.name, topic: state.topic || "telemetry", base64: base64(state.octets) };
  if (state.fPort !== "") trial.fPort = Number(state.fPort);
  try {
    state.result = await post("/decode", trial);
    state.note = "";
  } catch (fault) {
    state.note = fault.status === 403 ? t("your role may not do this") : fault.message;
  }
}

export function view(again) {
  const put = (key) => (event) => { state[key] = event.target.value; };
  const send = async (event) => {
    event.preventDefault();
    await ask();
    again();
  };
  const option = (key, value) => html`<option value=${value} ?selected=${state[key] === value}>${t(value)}</option>`;
  return html`<section class="card"><h2>${t("Try a payload")}</h2><p class="soft">${t("It goes the way of a message; nothing is stored.")}</p>
    <form @submit=${send}><div class="row">
      <label>${t("as")} <select name="as" @change=${put("as")}>${["profile", "device"].map((each) => option("as", each))}</select></label>
      <label>${t("name")} <input name="name" list="trial-profiles" required .value=${state.name} @input=${put("name")}></label>
      <datalist id="trial-profiles">${state.profiles.map((each) => html`<option value=${each.id}></option>`)}</datalist>
      <label>${t("topic")} <input name="topic" .value=${state.topic} @input=${put("topic")}></label>
      <label>FPort <input name="port" type="number" min="0" max="255" .value=${state.fPort} @input=${put("fPort")}></label>
      <label>${t("payload")} <select name="kind" @change=${put("kind")}>${["text", "hex"].map((each) => option("kind", each))}</select></label></div>
      <textarea name="payload" rows="6" aria-label=${t("payload")} .value=${state.payload} @input=${put("payload")}></textarea>
      <div class="row"><button>${t("try")}</button></div></form>
    ${state.note ? html`<p class="bad" role="alert">${state.note}</p>` : nothing}${state.result ? answer(state.result) : nothing}</section>`;
}

function answer(result) {
  const around = place(result.detail, state.kind, state.octets);
  const rule = result.rule ? html`<p class="soft">${t("dialect")} ${result.dialect}: ${result.rule}</p>` : nothing;
  return html`<div role="status">${rule}
    ${result.reason ? html`<p class="bad"><b>${t(result.reason)}</b> · ${result.detail}</p>` : nothing}
    ${around ? html`<pre class="place">${around[0]}<mark>${around[1]}</mark>${around[2]}</pre>` : nothing}
    ${result.outcomes.map(outcome)}</div>`;
}

function outcome(one) {
  const list = (title, names) => (names.length ? html`<p>${t(title)}: ${names.join(", ")}</p>` : nothing);
  return html`<h3>${one.device} · ${one.profile} · ${t(one.messageClass)}</h3>
    ${one.faulty ? html`<p class="warn">${t("kept as bad")}: ${one.faulty}</p>` : nothing}
    ${list("no metric takes", one.unmapped)}${list("did not come", one.missing)}
    <pre>${JSON.stringify(one.record, null, 1)}</pre>`;
}
