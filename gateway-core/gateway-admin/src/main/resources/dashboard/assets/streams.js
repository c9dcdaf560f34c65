// The gateway's event streams, one of each for all tabs that look: what a hidden tab wants is nobody's.
import { parse } from "./exact.js";

export const ROWS = 200;
export const AGAIN_MILLIS = 5000;
// rows go to a tab once a second, the newest ROWS of them: more nobody reads, and each costs the page
const FLUSH_MILLIS = 1000;
// a tab that looks says so each 5 s; one that does not any more has been closed or is asleep
const GONE_MILLIS = 20_000;
// the gateway writes every 2 s (updates) or 15 s (live); a stream that is silent for longer is dead
const SILENT_MILLIS = { "/updates": 20_000, "/live": 45_000 };
// of the six that a browser has for a host; different tokens have streams of their own
const STREAMS_MAX = 4;

const wait = (millis) => new Promise((done) => { setTimeout(done, millis); });

export const takes = (record, { kind, filter }) =>
  (!kind || record.class === kind)
  && (!filter || `${record.device} ${record.site} ${record.sector} ${record.model}`.toLowerCase().includes(filter.toLowerCase()));

// Cuts server-sent events out of a text that comes in pieces.
export function eventCutter(onEvent) {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      let name = "message";
      const data = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      }
      if (data.length) onEvent(name, parse(data.join("\n")));
    }
  };
}

// Reads one stream to its end; what it is refused with is thrown.
async function read(path, token, { onOpen, onEvent }, control) {
  let silent = setTimeout(() => control.abort(), SILENT_MILLIS[path]);
  try {
    const answer = await fetch(`/api/v1${path}`, { signal: control.signal, headers: token ? { Authorization: `Bearer ${token}` } : {} });
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    onOpen();
    const cut = eventCutter(onEvent);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(silent);
      silent = setTimeout(() => control.abort(), SILENT_MILLIS[path]);
      cut(value);
    }
  } finally {
    clearTimeout(silent);
  }
}

// What one tab wants, and what it has not been sent yet.
class Tab {
  constructor(port) {
    this.port = port;
    this.paths = [];
    this.rows = [];
    this.left = 0;
  }

  hear(want) {
    Object.assign(this, want, { at: Date.now(), live: want.live ?? null });
    this.paths = want.hidden ? [] : [want.updates ? "/updates" : null, want.live ? "/live" : null].filter(Boolean);
    if (!this.paths.includes("/live")) this.rows = [];
  }

  take(record) {
    if (!takes(record, this.live)) return;
    this.rows.push(record);
    if (this.rows.length > ROWS) {
      this.rows.shift();
      this.left++;
    }
  }

  flush() {
    if (!this.rows.length && !this.left) return;
    this.port.postMessage({ rows: this.rows, left: this.left });
    this.rows = [];
    this.left = 0;
  }
}

export class Streams {
  constructor(reader = read) {
    this.reader = reader;
    this.tabs = new Set();
    this.open = new Map();
  }

  // A tab tells by its port what it wants, again and again while it looks.
  connect(port) {
    const tab = new Tab(port);
    port.onmessage = ({ data }) => {
      if (data.gone) {
        this.tabs.delete(tab);
      } else {
        tab.hear(data);
        this.tabs.add(tab);
        this.timer ??= setInterval(() => this.tick(), FLUSH_MILLIS);
      }
      this.settle();
    };
    port.start?.();
  }

  tick() {
    for (const tab of this.tabs) {
      if (Date.now() - tab.at > GONE_MILLIS) this.tabs.delete(tab);
      else tab.flush();
    }
    this.settle();
    if (!this.tabs.size) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  of(path, token) {
    return [...this.tabs].filter((tab) => tab.token === token && tab.paths.includes(path));
  }

  // Opens what is wanted and closes what is not.
  settle() {
    for (const [key, { path, token, control }] of this.open) {
      if (this.of(path, token).length) continue;
      this.open.delete(key);
      control.abort();
    }
    for (const tab of this.tabs) {
      for (const path of tab.paths) {
        const key = `${path} ${tab.token ?? ""}`;
        if (this.open.has(key) || this.open.size >= STREAMS_MAX) continue;
        const stream = { path, token: tab.token, control: new AbortController() };
        this.open.set(key, stream);
        this.run(key, stream);
      }
    }
  }

  // Reads it until nobody wants it; one that ended is opened again after a while.
  async run(key, stream) {
    const { path, token } = stream;
    const tell = (message) => this.of(path, token).forEach((tab) => tab.port.postMessage({ path, ...message }));
    const onEvent = (name, body) => {
      if (path !== "/live") tell({ name, body });
      else if (name === "missed") this.of(path, token).forEach((tab) => { tab.left += body; });
      else this.of(path, token).forEach((tab) => tab.take(body));
    };
    while (this.open.get(key) === stream) {
      let status = 0;
      try {
        await this.reader(path, token, { onOpen: () => tell({ opened: true }), onEvent }, stream.control);
      } catch (fault) {
        status = fault.status ?? 0;
      }
      if (this.open.get(key) !== stream) return;
      tell({ ended: true, status });
      // a token that is wrong is not shown again and again: addresses that do are locked out
      if (status === 401 || status === 403 || status === 404) return;
      await wait(AGAIN_MILLIS);
      stream.control = new AbortController();
    }
  }
}
