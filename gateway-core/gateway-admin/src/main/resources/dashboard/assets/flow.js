// Flow: what comes in, what waits, what goes on.
import { get } from "./api.js";
import { bar, bytes, count, decimal, explained, html, nothing, percent, seconds, table, tile, toSeconds } from "./show.js";
import { t } from "./text.js";

const state = { flow: null };

export async function load(signal) {
  state.flow = await get("/flow", signal);
}

export function event(name, body) {
  if (name === "flow") state.flow = body;
  return name === "flow";
}

const dropped = (line) => Object.entries(line.dropped).map(([why, n]) => `${t(why)} ${count(n)}`).join(", ") || "0";

export function view() {
  const { flow } = state;
  if (!flow) return html`<p>${t("loading")} …</p>`;
  const refused = flow.refused.reduce((sum, each) => sum + each.count, 0);
  return html`<div class="tiles">
      ${Object.entries(flow.connections).map(([kind, n]) => tile(`${kind.toUpperCase()} ${t("connections")}`, count(n)))}
      ${tile("accepted/s", decimal(flow.acceptedPerSecond), "rate")}${tile("accepted", count(flow.accepted))}${tile("refused", count(refused))}
      ${tile("Ledger", html`<span class=${flow.ledger.balances ? "good" : "bad"}>${t(flow.ledger.balances ? "balances" : "does not balance")}</span>`)}</div>
    <section class="card"><h2>${t("Spool")}</h2>${table([["lane", (l) => t(l.name)], ["records", (l) => count(l.records), "n"], ["held", (l) => bytes(l.bytes), "n"],
      ["fill", (l) => html`${bar(l.fill)}${percent(l.fill)}`],
      ["hours left at this rate", (l) => explained("hoursLeft", l.hoursLeft === null ? t("not growing") : decimal(l.hoursLeft)), "n"]], flow.lanes)}</section>
    <section class="card" id="endpoints"><h2>${t("Endpoints")}</h2>${table([["adapter", (e) => e.adapter], ["type", (e) => e.type], ["address", (e) => e.address],
      ["state", (e) => html`<span class=${e.up ? "good" : "bad"}>${t(e.state)}</span>`], ["links", (e) => count(e.links), "n"],
      ["next attempt", (e) => toSeconds(e.nextAttemptMicros)], ["last error", (e) => e.reason ?? e.lastError ?? "–", "wrap"]], flow.endpoints)}</section>
    <section class="card"><h2>${t("Upstreams")}</h2>${table([["name", (u) => u.name],
      ["state", (u) => html`<span class=${u.state === "connected" ? "good" : "bad"}>${t(u.state)}</span>`],
      ["forwarded", (u) => count(u.forwarded), "n"], ["records/s", (u) => decimal(u.recordsPerSecond), "n"],
      ["backlog", (u) => html`${count(u.backlogRecords)} · ${bytes(u.backlogBytes)}`, "n"],
      ["time to drain", (u) => explained("drain", seconds(u.drainSeconds)), "n"], ["last error", (u) => u.lastError ?? "–", "wrap"]], flow.upstreams)}</section>
    <div class="grid"><section class="card"><h2>${explained("ledger", t("Ledger"))}</h2>${table([["upstream", (l) => l.upstream], ["lane", (l) => t(l.lane)],
      ["accepted", (l) => count(l.accepted), "n"], ["delivered", (l) => count(l.delivered), "n"], ["queued", (l) => count(l.queued), "n"], ["dropped", dropped, "n"]], flow.ledger.ledger)}</section>
    <section class="card"><h2>${t("Refused by reason")}</h2>${refused ? table([["reason", (r) => t(r.reason)], ["refused", (r) => count(r.count), "n"]], flow.refused) : html`<p class="soft">${t("none")}</p>`}</section></div>${nothing}`;
}
