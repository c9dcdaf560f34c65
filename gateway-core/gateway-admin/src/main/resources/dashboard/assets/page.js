"use strict";
// Shows the figures of the admin API, anew each two seconds.
const byId = (id) => document.getElementById(id);

async function get(path) {
  const token = sessionStorage.getItem("token");
  const answer = await fetch(path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  if (answer.status === 401) {
    byId("login").hidden = false;
    throw new Error("the admin token is wanted");
  }
  if (!answer.ok) throw new Error((await answer.json()).error);
  byId("login").hidden = true;
  return answer.json();
}

function table(id, columns, rows) {
  const head = document.createElement("tr");
  head.append(...columns.map(([title, , number]) => cell("th", title, number)));
  const body = rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...columns.map(([, value, number]) => cell("td", value(row), number)));
    return line;
  });
  byId(id).replaceChildren(head, ...body);
}

function cell(tag, text, number) {
  const element = document.createElement(tag);
  element.textContent = text ?? "–";
  if (number) element.className = "number";
  return element;
}

const count = (n) => (n == null ? null : Math.round(n).toLocaleString());
const seconds = (s) => (s == null ? null : s < 120 ? `${s.toFixed(1)} s` : `${(s / 60).toFixed(0)} min`);
const mebibytes = (b) => `${(b / 1048576).toFixed(1)} MiB`;
const dropped = (line) => Object.entries(line.dropped).map(([why, n]) => `${why} ${count(n)}`).join(", ") || "0";

async function refresh() {
  try {
    const [status, flow, ledger] = await Promise.all(
      ["status", "upstreams", "ledger"].map((name) => get(`/api/v1/${name}`)));
    byId("gateway").textContent = `${status.gateway} · ${status.version}`;
    show(status.ready ? `ready, ledger ${ledger.balances ? "balances" : "does not balance"}, ${count(status.deadLetters)} dead letters`
      : `not ready: ${status.notReadyReason}`, !status.ready || !ledger.balances);
    table("listeners", [["kind", (l) => l.kind], ["address", (l) => l.address], ["connections", (l) => count(l.connections), true]], status.listeners);
    table("lanes", [["lane", (l) => l.lane], ["records", (l) => count(l.records), true], ["held", (l) => mebibytes(l.bytes), true],
      ["bound", (l) => mebibytes(l.capacityBytes), true], ["oldest unsent", (l) => seconds(l.oldestSeconds), true]], status.lanes);
    table("upstreams", [["name", (u) => u.name], ["type", (u) => u.type], ["state", (u) => u.detail ? `${u.state}: ${u.detail}` : u.state],
      ["records/s", (u) => count(u.ratePerSecond), true], ["backlog", (u) => count(u.backlogRecords), true],
      ["drained in", (u) => seconds(u.drainSecondsLeft), true]], flow.upstreams);
    table("ledger", [["upstream", (l) => l.upstream], ["lane", (l) => l.lane], ["accepted", (l) => count(l.accepted), true],
      ["delivered", (l) => count(l.delivered), true], ["queued", (l) => count(l.queued), true], ["dropped", dropped, true]], ledger.ledger);
    table("devices", [["state", ([state]) => state], ["devices", ([, n]) => count(n), true]], Object.entries(status.devices));
  } catch (fault) {
    show(fault.message, true);
  }
}

function show(text, bad) {
  byId("state").textContent = text;
  byId("state").className = bad ? "bad" : "";
}

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", byId("token").value);
  refresh();
});
refresh();
setInterval(refresh, 2000);
