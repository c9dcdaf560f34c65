// Rows are made once and used again: nothing else of the table is touched.
const live = await load("live.js");
const record = (i) => ({ t: 1795824049735000 + i, class: "telemetry", device: `press-${i}`, site: "a", sector: "s", model: "m", m: [{ n: "load", v: i, u: "%", q: "good" }] });
const records = (from, to) => Array.from({ length: to - from }, (_, i) => record(from + i));
const rows = () => [...document.querySelectorAll("#rows tr")];
const devices = () => rows().map((each) => each.cells[2].innerText);
live.hear({ rows: records(0, 150), left: 0 });
equal([rows().length, devices()[0], devices().at(-1)], [150, "press-149", "press-0"]);
const before = new Set(rows());
live.hear({ rows: records(150, 250), left: 0 });
equal([rows().length, devices()[0], devices().at(-1)], [200, "press-249", "press-50"]);
live.hear({ rows: records(250, 500), left: 3 });
equal([rows().length, devices()[0], devices().at(-1), rows().filter((each) => before.has(each)).length], [200, "press-499", "press-300", 150]);
