// The admin API: one place for the token, and for what goes wrong.
const TOKEN = "token";

export class Fault extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const hasToken = () => sessionStorage.getItem(TOKEN) !== null;

export function signIn(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function signOut() {
  sessionStorage.removeItem(TOKEN);
}

function headers(more) {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { ...more, Authorization: `Bearer ${token}` } : { ...more };
}

async function send(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      signal,
      headers: headers(body === undefined ? {} : { "Content-Type": "application/json" }),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Fault(0, "");
  }
  if (!answer.ok) {
    const text = await answer.text();
    let message = text.slice(0, 300);
    try {
      message = JSON.parse(text).error ?? message;
    } catch {
      // a proxy between may answer with what is no JSON: its text is shown as it is
    }
    throw new Fault(answer.status, message);
  }
  return answer;
}

export const get = async (path, signal) => (await send("GET", `/api/v1${path}`, undefined, signal)).json();
export const post = async (path, body = {}) => (await send("POST", `/api/v1${path}`, body)).json();
export const remove = async (path) => (await send("DELETE", `/api/v1${path}`)).text();

export function query(values) {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  return text ? `?${text}` : "";
}

// Reads server-sent events (with the token, which EventSource cannot send) until the signal.
export async function stream(path, onEvent, signal) {
  const answer = await send("GET", `/api/v1${path}`, undefined, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      let name = "message";
      const data = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      }
      if (data.length) onEvent(name, JSON.parse(data.join("\n")));
    }
  }
}
