// A shared worker: all tabs of a browser have their events from it, over one connection for each stream.
import { Streams } from "./streams.js";

const streams = new Streams();
addEventListener("connect", ({ ports }) => streams.connect(ports[0]));
