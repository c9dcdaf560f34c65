// How figures look.
import { html, svg, nothing } from "/lib/lit-html/3.3.2/lit-html.js";
import { formula, language, t } from "./text.js";

export { html, svg, nothing };

const locale = () => (language === "zh" ? "zh-CN" : "en");

// A formatter costs some 50 µs to make, and much less to use.
const made = new Map();
function format(kind, options, Kind = Intl.NumberFormat) {
  const key = `${kind} ${language}`;
  if (!made.has(key)) made.set(key, new Kind(locale(), options));
  return made.get(key);
}

const isNone = (n) => n === null || n === undefined;
// a number that a double cannot hold comes as the text of its digits
const number = (n) => (typeof n === "string" ? BigInt(n) : n);
export const count = (n) => (isNone(n) ? "–" : format("count", { maximumFractionDigits: 0 }).format(number(n)));
// what is nothing after rounding has no sign
const rounded = (n) => (typeof n === "number" && Math.abs(n) < 0.005 ? 0 : number(n));
export const decimal = (n) => (isNone(n) ? "–" : format("decimal", { maximumFractionDigits: 2 }).format(rounded(n)));
export const percent = (r) => (isNone(r) ? "–" : `${decimal(Math.floor(r * 10000 + 1e-9) / 100)} %`);
// What was measured, with every digit of it.
export const measured = (n) =>
  typeof n !== "number" ? String(n) : n !== 0 && Math.abs(n) < 1e-6 ? String(n) : format("measured", { maximumFractionDigits: 20 }).format(n);
export const bytes = (n) =>
  isNone(n) ? "–" : n < 1048576 ? `${decimal(n / 1024)} KiB` : n < 1073741824 ? `${decimal(n / 1048576)} MiB` : `${decimal(n / 1073741824)} GiB`;
export const seconds = (s) =>
  isNone(s) ? "–" : s < 120 ? `${decimal(s)} s` : s < 7200 ? `${decimal(s / 60)} min` : s < 172800 ? `${decimal(s / 3600)} h` : `${decimal(s / 86400)} d`;

const DAY = { month: "short", day: "numeric" };
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const MILLIS = { fractionalSecondDigits: 3 };
const YEAR = { year: "numeric" };

function moment(kind, micros, options) {
  if (isNone(micros)) return "–";
  const at = new Date(Number(micros) / 1000);
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  return format(isThisYear ? kind : `${kind} with year`, isThisYear ? options : { ...YEAR, ...options }, Intl.DateTimeFormat).format(at);
}

// In the browser's time zone; the page names it once.
export const time = (micros) => moment("time", micros, { ...DAY, ...CLOCK, ...MILLIS });
export const toSeconds = (micros) => moment("seconds", micros, { ...DAY, ...CLOCK });
export const hour = (micros) => format("hour", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, Intl.DateTimeFormat).format(new Date(micros / 1000));
export const day = (micros) => format("day", DAY, Intl.DateTimeFormat).format(new Date(micros / 1000));

export function zone(at = new Date()) {
  const minutes = -at.getTimezoneOffset();
  const part = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone} (UTC${minutes < 0 ? "−" : "+"}${part(minutes / 60)}:${part(minutes % 60)})`;
}

// A ratio with its numerator and denominator; the formula on hover and for readers.
export function ratio(kind, value, numerator, denominator) {
  const text = `${t(kind)}: ${formula(kind)}${denominator === undefined ? "" : ` = ${count(numerator)} ÷ ${count(denominator)}`}`;
  return html`<abbr tabindex="0" title=${text} aria-label="${percent(value)}, ${text}">${percent(value)}</abbr>`;
}

export const explained = (key, text) =>
  html`<abbr tabindex="0" title=${formula(key)} aria-label="${text}, ${formula(key)}">${text}</abbr>`;

export const level = (value) => (value === null || value === undefined ? "l0" : value < 0.9 ? "l1" : value < 0.98 ? "l2" : "l3");

export function table(columns, rows, pick) {
  if (!rows.length) return html`<p class="soft">${t("none")}</p>`;
  const key = (row) => (event) => {
    if (event.key === "Enter") pick(row);
  };
  return html`<div class="scroll"><table>
    <thead><tr>${columns.map(([title, , kind]) => (title ? html`<th scope="col" class=${kind ?? ""}>${t(title)}</th>` : html`<td></td>`))}</tr></thead>
    <tbody>${rows.map((row) => html`<tr class=${pick ? "pick" : ""} tabindex=${pick ? "0" : nothing}
        @click=${pick ? () => pick(row) : nothing} @keydown=${pick ? key(row) : nothing}>
      ${columns.map(([, value, kind]) => html`<td class=${kind ?? ""}>${value(row) ?? "–"}</td>`)}</tr>`)}</tbody></table></div>`;
}

// Options are words of ours, unless they are said otherwise: names are said as they are.
export function choice(label, value, options, onChange, say = t) {
  return html`<label>${t(label)} <select @change=${(event) => onChange(event.target.value)}>
    ${options.map((each) => html`<option value=${each} ?selected=${each === value}>${each === "" ? t("all") : say(each)}</option>`)}</select></label>`;
}

// Where one is in a list, and the ways to its other pages.
export function leafing(leaf, total, again) {
  const range = leaf.range();
  const go = (act) => () => {
    act();
    again();
  };
  const isWhole = !leaf.hasBefore && !leaf.hasNext;
  return html`<span class="soft" role="status">${isWhole ? count(total ?? leaf.length)
    : `${range ? range.map(count).join(" – ") : "–"} ${t("of")} ${total === null ? `> ${count(range?.[1] ?? 0)}` : count(total)}`}</span>
    ${leaf.hasBefore ? html`<button @click=${go(() => leaf.first())}>${t("first page")}</button><button @click=${go(() => leaf.back())}>${t("page before")}</button>` : nothing}
    ${leaf.hasNext ? html`<button @click=${go(() => leaf.forward())}>${t("next page")}</button>` : nothing}`;
}

export function tile(label, value, key) {
  return html`<div class="tile"><span>${t(label)}</span><b>${key ? explained(key, value) : value}</b></div>`;
}

export function bar(share) {
  const width = Math.min(100, Math.max(0, (share ?? 0) * 100));
  return html`<div class="bar" role="img" aria-label=${percent(share)}><i .style=${`width:${width}%`}></i></div>`;
}

export function spark(points, label) {
  if (!points || points.length < 2) return nothing;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const line = points
    .map(([x, y]) => `${(((x - left) / (right - left || 1)) * 128 + 1).toFixed(1)},${(28 - ((y - low) / (high - low || 1)) * 26).toFixed(1)}`)
    .join(" ");
  return html`<svg class="spark" viewBox="0 0 130 30" role="img" aria-label="${label}: ${decimal(low)} – ${decimal(high)}">
    ${svg`<polyline points=${line}></polyline>`}</svg>`;
}
