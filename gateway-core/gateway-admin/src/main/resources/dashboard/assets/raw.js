// The API's description and the metrics, with the token that a plain link cannot send.
import { getText } from "./api.js";
import { html } from "./show.js";
import { t } from "./text.js";

const PATHS = { openapi: "/api/v1/openapi.yaml", metrics: "/metrics" };
const state = { name: "openapi", text: null };

export function open(name) {
  state.name = Object.hasOwn(PATHS, name) ? name : "openapi";
  state.text = null;
}

export async function load(signal) {
  if (state.text !== null && state.name === "openapi") return; // does not change while the gateway runs
  state.text = await getText(PATHS[state.name], signal);
}

export function view() {
  return html`<section class="card"><h2>${PATHS[state.name]}</h2>
    ${state.text === null ? html`<p>${t("loading")} …</p>` : html`<pre class="whole" tabindex="0">${state.text}</pre>`}</section>`;
}
