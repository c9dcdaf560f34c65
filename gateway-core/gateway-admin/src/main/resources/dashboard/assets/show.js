// How figures look.
import { html, svg, nothing } from "/lib/lit-html/3.3.2/lit-html.js";
import { formula, language, t } from "./text.js";

export { html, svg, nothing };

const locale = () => (language === "zh" ? "zh-CN" : "en");
export const count = (n) => (n === null || n === undefined ? "–" : Math.round(n).toLocaleString(locale()));
export const decimal = (n) => (n === null || n === undefined ? "–" : n.toLocaleString(locale(), { maximumFractionDigits: 2 }));
export const percent = (r) =>
  r === null || r === undefined ? "–" : `${(Math.floor(r * 10000) / 100).toLocaleString(locale(), { maximumFractionDigits: 2 })} %`;
export const bytes = (n) =>
  n === null || n === undefined ? "–" : n < 1048576 ? `${decimal(n / 1024)} KiB` : n < 1073741824 ? `${decimal(n / 1048576)} MiB` : `${decimal(n / 1073741824)} GiB`;
export const seconds = (s) =>
  s === null || s === undefined ? "–" : s < 120 ? `${decimal(s)} s` : s < 7200 ? `${decimal(s / 60)} min` : s < 172800 ? `${decimal(s / 3600)} h` : `${decimal(s / 86400)} d`;
export const time = (micros) =>
  micros === null || micros === undefined
    ? "–"
    : new Date(micros / 1000).toLocaleString(locale(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

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
    <thead><tr>${columns.map(([title, , kind]) => html`<th scope="col" class=${kind ?? ""}>${t(title)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr class=${pick ? "pick" : ""} tabindex=${pick ? "0" : nothing}
        @click=${pick ? () => pick(row) : nothing} @keydown=${pick ? key(row) : nothing}>
      ${columns.map(([, value, kind]) => html`<td class=${kind ?? ""}>${value(row) ?? "–"}</td>`)}</tr>`)}</tbody></table></div>`;
}

export function choice(label, value, options, onChange) {
  return html`<label>${t(label)} <select @change=${(event) => onChange(event.target.value)}>
    ${options.map((each) => html`<option value=${each} ?selected=${each === value}>${each === "" ? t("all") : t(each)}</option>`)}</select></label>`;
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
