// One stream for all tabs that look, none for those that do not, and one for each token.
const { Streams, ROWS, eventCutter } = await load("streams.js");
const opened = [];
const reader = (path, token, on, control) => new Promise((done, fail) => {
  opened.push({ path, token, on, control });
  control.signal.addEventListener("abort", () => fail(new Error("aborted")));
});
const streams = new Streams(reader);
const tab = () => {
  const port = { got: [], postMessage: (message) => port.got.push(message) };
  streams.connect(port);
  port.say = (want) => port.onmessage({ data: { token: "a", updates: true, live: null, hidden: false, ...want } });
  return port;
};
const open = () => opened.filter((each) => !each.control.signal.aborted).map((each) => `${each.path} ${each.token}`);
const tabs = Array.from({ length: 8 }, tab);
tabs.forEach((each) => each.say({}));
equal(open(), ["/updates a"]);
opened[0].on.onEvent("flow", { n: 1 });
equal(tabs.map((each) => each.got), tabs.map(() => [{ path: "/updates", name: "flow", body: { n: 1 } }]));
tabs.slice(1).forEach((each) => each.say({ hidden: true }));
equal(open(), ["/updates a"]);
tabs[0].say({ hidden: true });
equal(open(), []);
// the newest rows of those that one tab wants; what another filters out is not lost to it
tabs[1].say({ live: { kind: "alarm", filter: "" } });
tabs[2].say({ live: { kind: "", filter: "PRESS" } });
const live = opened.find((each) => each.path === "/live");
for (let i = 0; i < ROWS + 5; i++) live.on.onEvent("message", { class: "alarm", device: "press-1", site: "a", sector: "s", model: "m", i });
live.on.onEvent("message", { class: "telemetry", device: "Press-2", site: "a", sector: "s", model: "m", i: -1 });
live.on.onEvent("missed", 7);
streams.tick();
const rows = tabs.slice(1, 3).map((each) => each.got.find((message) => message.rows));
equal(rows.map((each) => [each.rows.length, each.rows[0].i, each.rows.at(-1).i, each.left]), [[ROWS, 5, ROWS + 4, 12], [ROWS, 6, -1, 13]]);
// other tokens have streams of their own, within bounds; who goes leaves none behind
"bcdefg".split("").forEach((token, i) => tabs[i].say({ token }));
equal(open().length, 4);
tabs.forEach((each) => each.onmessage({ data: { gone: true } }));
equal(open(), []);
streams.tick();
// an event may be cut anywhere
const events = [];
const cut = eventCutter((name, body) => events.push([name, body]));
"retry: 2000\n\nevent: flow\ndata: {\"n\":\ndata: 1}\n\n:\n\ndata: 2\n\n".split("").forEach(cut);
equal(events, [["flow", { n: 1 }], ["message", 2]]);
