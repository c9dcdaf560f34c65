// The frame: which page is shown, who looks, how often.
import { render } from "/lib/lit-html/3.3.2/lit-html.js";
import * as alarms from "./alarms.js";
import { get, hasToken, signIn, signOut, stream } from "./api.js";
import * as coverage from "./coverage.js";
import * as devices from "./devices.js";
import * as flow from "./flow.js";
import * as letters from "./letters.js";
import * as live from "./live.js";
import { html, nothing } from "./show.js";
import { language, setLanguage, t } from "./text.js";

const PAGES = { coverage, devices, alarms, flow, letters, live };
const TITLES = { coverage: "Coverage", devices: "Devices", alarms: "Alarms", flow: "Flow", letters: "Dead letters", live: "Live" };
const EVERY_MILLIS = 5000;
const head = document.getElementById("head");
const main = document.getElementById("main");
let leave = new AbortController();
let status = null;
let fault = null;
let active = 0;
let turn = 0;
const IDLE = "idle";
let notice = { notice: null, signOutAfterSeconds: 0 };
let isIdle = sessionStorage.getItem(IDLE) !== null;
let seen = Date.now();

function place() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  const page = Object.hasOwn(PAGES, name) ? name : "coverage";
  return [page, rest.length ? decodeURIComponent(rest.join("/")) : ""];
}

function message() {
  if (!fault) return nothing;
  if (fault.status === 401) {
    return html`<form class="card" @submit=${enter}>${notice.notice ? html`<p class="notice">${notice.notice}</p>` : nothing}
      ${isIdle ? html`<p role="status">${t("signed out, as nobody was here")}</p>` : nothing}
      <h2>${t("the admin token is wanted")}</h2><div class="row">
      <label>${t("Admin token")} <input id="token" type="password" autocomplete="current-password" required></label>
      <button>${t("Sign in")}</button></div></form>`;
  }
  const text = fault.status === 0 ? t("the gateway cannot be reached; trying again")
    : fault.status === 403 ? t("your role may not do this") : fault.status === 404 ? t("this gateway does not have this") : fault.message;
  return html`<p class="message bad" role="alert">${text}</p>`;
}

function enter(event) {
  event.preventDefault();
  signIn(document.getElementById("token").value);
  sessionStorage.removeItem(IDLE);
  isIdle = false;
  seen = Date.now();
  go();
}

// Nothing of what was shown stays: the page is loaded anew.
function leaveAll() {
  signOut();
  location.reload();
}

function checkIdle() {
  const after = notice.signOutAfterSeconds * 1000;
  if (!hasToken() || !after || Date.now() - seen < after) return;
  sessionStorage.setItem(IDLE, "1");
  leaveAll();
}

function draw() {
  const [name] = place();
  document.title = `${t(TITLES[name])} · Sluice`;
  render(html`<h1>Sluice <small>${status?.gateway ?? ""}</small></h1>
    <nav aria-label="Sluice">${Object.entries(TITLES).map(([page, title]) =>
      html`<a href="#${page}" aria-current=${page === name ? "page" : nothing}>${t(title)}${page === "alarms" && active ? html` <span class="chip bad">${active}</span>` : nothing}</a>`)}</nav>
    <div class="tools">${status ? html`<span class="chip ${status.ready ? "good" : "bad"}" title=${status.notReadyReason ?? ""}>● ${t(status.ready ? "ready" : "not ready")}</span>` : nothing}
      ${hasToken() && fault?.status !== 401 ? html`<button id="sign-out" @click=${leaveAll}>${t("Sign out")}</button>` : nothing}
      <button @click=${theme} aria-label=${t("theme")} title=${t("theme")}>◐</button>
      <button @click=${speak} lang=${language === "zh" ? "en" : "zh-CN"}>${language === "zh" ? "English" : "中文"}</button></div>`, head);
  const isSignedOut = fault?.status === 401;
  render(html`${message()}${isSignedOut ? nothing : PAGES[name].view(again)}`, main);
  PAGES[name].after?.();
}

function theme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  draw();
}

function speak() {
  setLanguage(language === "zh" ? "en" : "zh");
  draw();
}

// A figure was chosen: it is fetched now, the page stays.
function again() {
  draw();
  refresh();
}

async function refresh() {
  const mine = ++turn;
  const [name] = place();
  const { signal } = leave;
  try {
    const [now] = await Promise.all([get("/status", signal), PAGES[name].load?.(signal)]);
    status = now;
    fault = null;
  } catch (problem) {
    if (problem.name === "AbortError") return;
    fault = problem;
  }
  if (mine === turn && !signal.aborted) draw();
}

async function follow(name, signal) {
  while (!signal.aborted) {
    try {
      if (PAGES[name].run) await PAGES[name].run(signal, draw);
      else await stream("/updates", (kind, body) => { if (kind === "alarms") active = body.active; if (PAGES[name].event?.(kind, body)) draw(); else if (kind !== "flow") refresh(); }, signal);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (problem.status === 404) return;
    }
    await new Promise((done) => { setTimeout(done, EVERY_MILLIS); });
  }
}

function go() {
  leave.abort();
  leave = new AbortController();
  const [name, rest] = place();
  PAGES[name].open?.(rest);
  draw();
  refresh();
  follow(name, leave.signal);
}

if (localStorage.getItem("theme")) document.documentElement.dataset.theme = localStorage.getItem("theme");
setLanguage(language);
addEventListener("hashchange", () => { go(); main.focus({ preventScroll: true }); scrollTo(0, 0); });
addEventListener("resize", () => PAGES[place()[0]].after?.());
addEventListener("load", draw);
for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) addEventListener(sign, () => { seen = Date.now(); }, { passive: true });
setInterval(() => { checkIdle(); if (!document.hidden) refresh(); }, EVERY_MILLIS);
get("/notice").then((now) => { notice = now; draw(); }, () => {}); // an older gateway has none
go();
