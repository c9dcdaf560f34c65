// Dead letters: what could not be understood, whole, and a way to try again.
import { get, post, query } from "./api.js";
import { Leaf } from "./pages.js";
import { html, leafing, nothing, table, time } from "./show.js";
import { t } from "./text.js";
import { may } from "./who.js";

const PAGE = 100;
const state = { letters: null, count: 0, leaf: new Leaf(), one: null, profile: "", result: null, note: "" };

export async function load(signal) {
  const found = await get(`/dead-letters${query({ limit: PAGE, before: state.leaf.cursor })}`, signal);
  state.leaf.came(found.deadLetters.length, found.next);
  state.letters = found.deadLetters;
  state.count = found.count;
}

function octets(letter) {
  const base64 = letter.payloadBase64 ?? letter.payload ?? "";
  try {
    return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  } catch {
    return new TextEncoder().encode(base64);
  }
}

const hex = (all) => Array.from(all.slice(0, 4096), (each) => each.toString(16).padStart(2, "0")).join(" ");

export function view(again) {
  if (!state.letters) return html`<p>${t("loading")} …</p>`;
  const pick = async (letter) => {
    state.one = letter;
    state.result = null;
    try {
      state.one = await get(`/dead-letters/${letter.sequence}`);
    } catch (fault) {
      if (fault.status !== 404) state.note = fault.message;
    }
    again();
  };
  return html`${state.one ? detail(again) : nothing}<section class="card"><div class="row"><h2>${t("Dead letters")}</h2>${leafing(state.leaf, state.count, again)}</div>${table([
    ["time", (l) => time(l.receivedMicros ?? l.atMicros), "nowrap"], ["device", (l) => l.device],
    ["reason", (l) => t(l.reason)], ["detail", (l) => l.detail, "wrap"], ["topic", (l) => l.topic ?? l.source, "wrap"],
    ["", (l) => html`<button @click=${() => pick(l)}>${t("payload")}</button>`]], state.letters)}</section>`;
}

function detail(again) {
  const letter = state.one;
  const all = octets(letter);
  const retry = (accept) => async () => {
    try {
      state.result = await post(`/dead-letters/${letter.sequence}/retry`, { profile: state.profile, accept });
      state.note = state.result.problem ?? (state.result.accepted ? t("accepted") : "");
    } catch (fault) {
      state.result = null;
      state.note = fault.status === 403 ? t("your role may not do this") : fault.message;
    }
    again();
  };
  return html`<section class="card"><div class="row"><h2>${letter.device ?? ""} · ${t(letter.reason)}</h2>
    <button @click=${() => { state.one = null; again(); }}>${t("close")}</button></div><p>${letter.detail}</p>
    <h3>${t("text")}</h3><pre>${new TextDecoder().decode(all)}</pre><h3>${t("hex")}</h3><pre>${hex(all)}</pre>
    <h3>${t("Try a profile again")}</h3><div class="row">
      ${letter.reason === "upstream-refused" ? nothing : html`<label>${t("profile")} <input .value=${state.profile} @input=${(event) => { state.profile = event.target.value; }}></label>`}
      <button ?disabled=${!may("operator")} @click=${retry(false)}>${t("preview")}</button>
      <button ?disabled=${!may("operator") || !state.result?.ok || state.result.accepted} @click=${retry(true)}>${t("accept")}</button></div>
    ${state.note ? html`<p role="status">${state.note}</p>` : nothing}
    ${state.result?.records?.length ? html`<pre>${JSON.stringify(state.result.records, null, 1)}</pre>` : nothing}</section>`;
}
