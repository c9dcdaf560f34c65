// Gateways of a fleet: who is well, who is silent, whose spool fills.
import { get } from "./api.js";
import { bar, count, decimal, html, nothing, seconds, table, time } from "./show.js";
import { t } from "./text.js";

const state = { found: null };
const LEVELS = { ready: "good", "not-ready": "warn", stopped: "", silent: "bad" };

export async function load(signal) {
  state.found = await get("/gateways", signal);
}

const rank = (each) => ["silent", "not-ready", "stopped", "ready"].indexOf(each.health);

export function view() {
  const { found } = state;
  if (!found) return html`<p>${t("loading")} …</p>`;
  const rows = [...found.gateways].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
  return html`<section class="card"><div class="row"><h2>${t("Gateways")}</h2><span class="soft" role="status">${count(found.total)}</span>
      ${found.silent.length ? html`<span class="chip bad">${t("silent")}: ${found.silent.join(", ")}</span>` : nothing}</div>
    ${table([["gateway", (g) => g.id, "name"], ["region", (g) => g.region ?? "–"],
      ["state", (g) => html`<span class=${LEVELS[g.health]} title=${g.reasons.join("; ")}>● ${t(g.health)}</span>${g.reasons.length ? html` <span class="soft">${g.reasons.join("; ")}</span>` : nothing}`],
      ["last seen", (g) => time(g.heardMicros), "nowrap"], ["version", (g) => g.version], ["session", (g) => count(g.sessions), "n"],
      ["backlog", (g) => count(g.backlog), "n"], ["lag", (g) => seconds(g.lagSeconds), "n"],
      ["fill", (g) => bar(g.spoolFill)], ["hours left at this rate", (g) => (g.hoursLeft === null ? t("not growing") : decimal(g.hoursLeft)), "n"],
      ["Dead letters", (g) => count(g.deadLetters), "n"]], rows)}</section>`;
}
