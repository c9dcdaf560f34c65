// The admin API: one place for the token, and for what goes wrong.
import { parse } from "./exact.js";

const TOKEN = "token";
const PATIENCE_MILLIS = 15_000;

export class Fault extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const token = () => sessionStorage.getItem(TOKEN);
export const hasToken = () => token() !== null;

export function signIn(shown) {
  sessionStorage.setItem(TOKEN, shown);
}

export function signOut() {
  sessionStorage.removeItem(TOKEN);
}

function headers(more) {
  return hasToken() ? { ...more, Authorization: `Bearer ${token()}` } : { ...more };
}

// An answer's text. A gateway that says nothing for too long is one that cannot be reached.
async function send(method, path, body, signal) {
  const control = new AbortController();
  const abort = () => control.abort();
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const patience = setTimeout(abort, PATIENCE_MILLIS);
  let answer;
  let text;
  try {
    answer = await fetch(path, {
      method,
      signal: control.signal,
      headers: headers(body === undefined ? {} : { "Content-Type": "application/json" }),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await answer.text();
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new Fault(0, "");
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener("abort", abort);
  }
  if (!answer.ok) {
    let message = text.slice(0, 300);
    try {
      message = JSON.parse(text).error ?? message;
    } catch {
      // a proxy between may answer with what is no JSON: its text is shown as it is
    }
    throw new Fault(answer.status, message);
  }
  return text;
}

export const get = async (path, signal) => parse(await send("GET", `/api/v1${path}`, undefined, signal));
export const getText = (path, signal) => send("GET", path, undefined, signal);
export const post = async (path, body = {}) => parse(await send("POST", `/api/v1${path}`, body));
export const remove = (path) => send("DELETE", `/api/v1${path}`);

export function query(values) {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  return text ? `?${text}` : "";
}
