// The frame: which page is shown, who looks, how often, and how old the figures are.
import { render } from "/lib/lit-html/3.3.2/lit-html.js";
import * as alarms from "./alarms.js";
import { get, hasToken, query, signIn, signOut, token } from "./api.js";
import * as coverage from "./coverage.js";
import * as devices from "./devices.js";
import { choose, fleet, gateways as names, missing, ofGateway, setFleet } from "./fleet.js";
import * as flow from "./flow.js";
import * as gateways from "./gateways.js";
import { STALE_SECONDS, standing } from "./freshness.js";
import * as letters from "./letters.js";
import { leave, listen, want } from "./link.js";
import * as live from "./live.js";
import * as raw from "./raw.js";
import { choice, count, html, nothing, percent, zone } from "./show.js";
import { language, setLanguage, t } from "./text.js";
import * as trial from "./trial.js";
import { setWho, who } from "./who.js";

const PAGES = { coverage, devices, alarms, gateways, flow, letters, live, trial, raw };
const TITLES = { coverage: "Coverage", devices: "Devices", alarms: "Alarms", flow: "Flow", letters: "Dead letters", live: "Live", trial: "Try" };
// what a fleet has; a gateway has all the others
const OF_FLEET = { coverage: "Coverage", gateways: "Gateways", devices: "Devices", alarms: "Alarms" };
const titles = () => (fleet() ? OF_FLEET : TITLES);
const EVERY_MILLIS = 5000;
const head = document.getElementById("head");
const main = document.getElementById("main");
const foot = document.getElementById("foot");
const skip = document.getElementById("skip");
const IDLE = "idle";
let status = null;
let fault = null;
let open = null;
let ofOne = { gateway: "", active: 0 };
let asking = null;
let isWanted = false;
let freshAt = null;
let isWrong = false;
let isKnown = false;
let notice = { notice: null, signOutAfterSeconds: 0 };
let isIdle = sessionStorage.getItem(IDLE) !== null;
let seen = Date.now();

const isSignedOut = () => fault?.status === 401;
const ageSeconds = () => (freshAt === null ? null : (Date.now() - freshAt) / 1000);

// A link may be cut off or mistyped: then it is taken as it stands.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function place() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  const page = Object.hasOwn(PAGES, name) ? name : "coverage";
  return [page, rest.length ? decoded(rest.join("/")) : ""];
}

function form() {
  return html`<form class="card" @submit=${enter}>${notice.notice ? html`<p class="notice">${notice.notice}</p>` : nothing}
      ${isIdle ? html`<p role="status">${t("signed out, as nobody was here")}</p>` : nothing}
      ${isWrong ? html`<p class="bad" role="alert">${t("wrong token")}</p>` : nothing}
      <h2>${t("the admin token is wanted")}</h2><div class="row">
      <label>${t("Admin token")} <input id="token" type="password" autocomplete="current-password" required></label>
      <button>${t("Sign in")}</button></div></form>`;
}

function message() {
  if (isSignedOut()) return form();
  const age = ageSeconds();
  const old = age !== null && age >= STALE_SECONDS ? ` ${t("What is shown is of")} ${Math.floor(age)} s ${t("ago")}.` : "";
  if (!fault) return old ? html`<p class="message bad" role="alert">${t("The figures are not renewed.")}${old}</p>` : nothing;
  const text = fault.status === 0 ? t("the gateway cannot be reached; trying again")
    : fault.status === 403 ? t("your role may not do this") : fault.status === 404 ? t("this gateway does not have this") : fault.message;
  return html`<p class="message bad" role="alert">${text}${old ? html`<br>${old}` : nothing}</p>`;
}

function enter(event) {
  event.preventDefault();
  signIn(document.getElementById("token").value);
  sessionStorage.removeItem(IDLE);
  isIdle = false;
  isWrong = false;
  fault = null;
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

function chip() {
  const shown = isSignedOut() ? null : standing({ status, fault, ageSeconds: ageSeconds() });
  if (!shown) return nothing;
  const title = shown.words === "not ready" ? status.notReadyReason ?? "" : "";
  return html`<span class="chip ${shown.level}" id="standing" title=${title}>● ${t(shown.words)}${shown.age === null ? "" : ` · ${shown.age} s`}</span>`;
}

function signedIn() {
  if (!hasToken() || isSignedOut()) return nothing;
  const user = who();
  return html`${user ? html`<span class="soft" id="who">${user.name} · ${t(user.role)}</span>` : nothing}
    <button id="sign-out" @click=${leaveAll}>${t("Sign out")}</button>`;
}

// Figures of one gateway, where there are several.
function filter() {
  if (!fleet() || isSignedOut()) return nothing;
  return choice("gateway", ofGateway(), names(), (name) => { choose(name); again(); }, String);
}

// A figure of which something is missing says so before anything else, on each page.
function share() {
  const parts = isSignedOut() ? [] : missing(fleet()?.share, t, percent);
  return parts.length ? html`<p class="message warn" id="missing" role="status"><b>${t("provisional")}</b> · ${parts.join(" · ")}</p>` : nothing;
}

// How many alarms nobody has seen: of the gateway that is chosen, where one is.
const activeAlarms = () => (!ofGateway() ? open?.active : ofOne.gateway === ofGateway() ? ofOne.active : 0);

async function countOfOne(signal) {
  const gateway = ofGateway();
  if (gateway) ofOne = { gateway, active: (await get(`/alarms${query({ state: "active", limit: 1, gateway })}`, signal)).total };
}

function drawHead() {
  const [name] = place();
  render(html`<h1>Sluice <small>${status?.gateway ?? ""}</small></h1>
    <nav aria-label="Sluice">${Object.entries(titles()).map(([page, title]) =>
      html`<a href="#${page}" aria-current=${page === name ? "page" : nothing}>${t(title)}${page === "alarms" && activeAlarms() ? html` <span class="chip bad">${count(activeAlarms())}</span>` : nothing}</a>`)}</nav>
    <div class="tools">${filter()} ${chip()} ${signedIn()}
      <button @click=${theme} aria-label=${t("theme")} title=${t("theme")}>◐</button>
      <button @click=${speak} lang=${language === "zh" ? "en" : "zh-CN"}>${language === "zh" ? "English" : "中文"}</button></div>`, head);
}

function draw() {
  const [name] = place();
  document.title = `${t(titles()[name] ?? TITLES[name] ?? "API")} · Sluice`;
  drawHead();
  render(html`${message()}${share()}${isSignedOut() ? nothing : PAGES[name].view(again)}`, main);
  render(html`${isSignedOut() ? nothing : html`<a href="#raw/openapi">API</a> · <a href="#raw/metrics">${t("metrics")}</a> · `}${t("times are of")} ${zone()}`, foot);
  skip.textContent = t("to the content");
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
  tell();
  refresh(true);
}

// What is refused once is not asked again and again: who shows wrong tokens is locked out.
function refused() {
  isWrong = hasToken();
  signOut();
  status = null;
  freshAt = null;
  setWho(null);
  isKnown = false;
  tell();
}

// Who this is. The first request, and alone: of several with a wrong token each would count.
async function ask(signal) {
  try {
    setWho(await get("/me", signal));
  } catch (problem) {
    if (problem.status !== 404) throw problem; // an older gateway does not tell
  }
  isKnown = true;
  tell();
}

// A hidden tab asks for nothing. What is under way is waited for, or given up for what is more urgent.
async function refresh(isUrgent = false) {
  if (document.hidden || isSignedOut()) return;
  if (asking && !isUrgent) {
    isWanted = true;
    return;
  }
  asking?.abort();
  isWanted = false;
  const mine = new AbortController();
  asking = mine;
  const since = Date.now();
  const [name] = place();
  try {
    if (!isKnown) await ask(mine.signal);
    if (freshAt === null) setFleet((await get("/status", mine.signal)).fleet); // what the page asks for depends on it
    const [now] = await Promise.all([get("/status", mine.signal), PAGES[name].load?.(mine.signal), countOfOne(mine.signal)]);
    if (asking !== mine) return;
    status = now;
    setFleet(now.fleet);
    fault = null;
    freshAt = since;
  } catch (problem) {
    if (asking !== mine) return;
    fault = problem;
    if (isSignedOut()) refused();
  }
  asking = null;
  mine.abort();
  draw();
  if (isWanted) refresh();
}

function tell() {
  const [name] = place();
  const isOut = !isKnown || document.hidden;
  want({ hidden: isOut, token: token(), updates: true, live: PAGES[name].wanted?.() ?? null });
}

function isChanged(counts) {
  const before = JSON.stringify(open);
  open = counts;
  return JSON.stringify(open) !== before;
}

function hear(message) {
  const [name] = place();
  if (document.hidden || isSignedOut()) return;
  if (message.path === "/updates" && message.name) {
    const isNews = message.name === "alarms" && isChanged(message.body);
    if (PAGES[name].event?.(message.name, message.body)) draw();
    else if (isNews) refresh();
  } else if (PAGES[name].hear?.(message)) {
    draw();
  }
}

function go() {
  const [name, rest] = place();
  asking?.abort();
  asking = null;
  PAGES[name].open?.(rest);
  draw();
  tell();
  refresh(true);
}

function look() {
  tell();
  refresh(true);
}

if (localStorage.getItem("theme")) document.documentElement.dataset.theme = localStorage.getItem("theme");
setLanguage(language);
listen(hear);
addEventListener("hashchange", () => { go(); main.focus({ preventScroll: true }); scrollTo(0, 0); });
addEventListener("resize", () => PAGES[place()[0]].after?.());
addEventListener("load", draw);
addEventListener("pagehide", leave);
addEventListener("pageshow", tell);
document.addEventListener("visibilitychange", look);
skip.addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) addEventListener(sign, () => { seen = Date.now(); }, { passive: true });
setInterval(() => { checkIdle(); if (!document.hidden) { tell(); refresh(); } }, EVERY_MILLIS);
// the watch on the figures' age: what is old says so, whatever hangs
setInterval(() => { const age = ageSeconds(); if (!document.hidden && age !== null && age >= STALE_SECONDS) draw(); }, 1000);
get("/notice").then((now) => { notice = now; draw(); }, () => {}); // an older gateway has none
go();
