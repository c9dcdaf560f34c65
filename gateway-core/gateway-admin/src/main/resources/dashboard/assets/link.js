// This tab's way to the streams: by the worker that all tabs share, where the browser has such.
import { Streams } from "./streams.js";

// The name goes with the form of the messages: after an upgrade no new page talks to an old worker.
const NAME = "sluice-streams-1";
let port = null;
let last = null;
let onMessage = () => {};

function use(next) {
  port = next;
  port.onmessage = ({ data }) => onMessage(data);
  port.start();
  if (last) port.postMessage(last);
}

// Streams of this tab's own: as good while few tabs look at once.
function alone() {
  const { port1, port2 } = new MessageChannel();
  new Streams().connect(port2);
  use(port1);
}

export function listen(listener) {
  onMessage = listener;
  if (!("SharedWorker" in window)) {
    alone();
    return;
  }
  try {
    const worker = new SharedWorker("/assets/hub.js", { type: "module", name: NAME });
    worker.addEventListener("error", alone, { once: true });
    use(worker.port);
  } catch {
    alone(); // it has them, and does not let this page: storage is forbidden to it
  }
}

// What is wanted now; a tab that looks repeats it.
export function want(wanted) {
  last = wanted;
  port.postMessage(wanted);
}

export const leave = () => port.postMessage({ gone: true });
