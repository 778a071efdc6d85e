/**
 * The page's style sheet: light and dark by variables, phone, paper.
 */
import { FONTS } from "./charts/base.ts";
import { DARK, LIGHT, type Theme } from "./theme.ts";

/**
 * Returns what stands between `<style>` and `</style>`.
 *
 * @param footer What every sheet of paper says beside its number.
 */
export function pageStyle(footer: string): string {
  return `${STYLE}@media print {
  @page {
    @bottom-left { content: ${cssString(footer)}; font: 8pt ${FONTS}; color: #57606a; }
    @bottom-right { content: counter(page) " / " counter(pages); font: 8pt ${FONTS}; color: #57606a; }
  }
}
`;
}

/** Returns the text as a CSS string in which nothing ends the string or the style. */
function cssString(text: string): string {
  const escaped = text.replace(
    /[^\p{L}\p{M}\p{N} ]/gu,
    (character) => `\\${character.codePointAt(0)!.toString(16)} `,
  );
  return `"${escaped}"`;
}

const STYLE = `
:root { color-scheme: light; ${variables(LIGHT)} }
/* on screens only: paper stays white */
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; ${variables(DARK)} }
}

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  max-width: 760px; margin: 0 auto; padding: 40px 20px 64px;
  background: var(--paper); color: var(--ink);
  font: 16px/1.55 ${FONTS}; overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -0.015em; }
h2 {
  margin: 56px 0 16px; padding-top: 14px; border-top: 2px solid var(--ink);
  font-size: 1.375rem; letter-spacing: -0.01em;
}
h3 { margin: 24px 0 4px; font-size: 1rem; }
p { margin: 0 0 12px; text-wrap: pretty; }
ul, ol { margin: 0 0 12px; padding-left: 1.25em; }
li { margin-bottom: 4px; }
a { color: var(--link); text-underline-offset: 2px; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
code { font-size: 0.8125rem; overflow-wrap: anywhere; }
bdi { overflow-wrap: anywhere; }

.byline { margin: 10px 0 0; color: var(--muted); }
.byline > span:not(:last-child)::after { content: "·"; margin: 0 0.5em; }
header + section > h2 { margin-top: 28px; padding-top: 0; border-top: 0; }
.note, figcaption, caption, .made { color: var(--muted); font-size: 0.875rem; }
.lead { padding: 0; list-style: none; }
.lead li { margin-bottom: 10px; font-size: 1.0625rem; }
.lead li:first-child { font-size: 1.375rem; line-height: 1.4; }
.findings { padding: 0; list-style: none; }
.findings li { margin-bottom: 10px; }

.steps { padding: 0; list-style: none; counter-reset: step; }
.steps > li { position: relative; margin-bottom: 20px; padding-left: 48px; counter-increment: step; }
.steps > li::before {
  content: counter(step); position: absolute; left: 0; top: 0; width: 30px; height: 30px;
  border: 2px solid var(--main); border-radius: 50%; color: var(--main);
  font-weight: 600; line-height: 26px; text-align: center;
}
.steps h3 { margin-top: 0; line-height: 30px; }

figure { margin: 0 0 24px; break-inside: avoid; }
figcaption { margin-bottom: 8px; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; font-size: 12px; }
svg text { font-variant-numeric: tabular-nums; }
svg [data-tip] { pointer-events: all; }
svg [data-tip]:hover { stroke: var(--ink); stroke-width: 1; }
.narrow { display: none; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; margin-bottom: 8px; }
.panels { display: grid; grid-template-columns: repeat(4, 1fr); gap: 20px 16px; margin-bottom: 24px; }
.panels.roomy { grid-template-columns: repeat(2, 1fr); gap: 20px 32px; }
.panels figure { display: flex; flex-direction: column; margin: 0; min-width: 0; }
.panels figcaption { margin-bottom: auto; padding-bottom: 6px; line-height: 1.35; }
.panels b {
  display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  color: var(--ink); font-size: 0.8125rem;
}
.panels span { font-size: 0.8125rem; }
.few-words { margin: 0; padding: 12px; background: var(--card); font-size: 0.8125rem; min-height: 92px; }
.few-short { color: var(--muted); font-size: 0.8125rem; }

.keys { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; font-size: 0.875rem; color: var(--muted); }
.keys li { display: flex; align-items: center; gap: 8px; margin: 0; }
.key { flex: none; display: inline-block; width: 14px; height: 12px; position: relative; }
.key::before { content: ""; position: absolute; inset: 0; margin: auto; }
.key.mean::before, .key.few::before { width: 8px; height: 8px; rotate: 45deg; border: 1.5px solid var(--accent); }
.key.mean::before { background: var(--accent); }
.key.median::before { width: 2px; height: 12px; background: var(--ink); }
.key.middle::before { width: 14px; height: 9px; border: 1px solid var(--main); background: var(--band); }
.key.range::before { width: 14px; height: 1.5px; background: var(--muted); }
.key.all::before { width: 0; height: 12px; border-left: 1.5px dashed var(--accent); }
.key.kept::before { width: 9px; height: 12px; background: var(--main); }
.key.filtered::before { width: 9px; height: 12px; background: var(--grey); }
.key.line::before { width: 2px; height: 12px; background: var(--accent); }

.scroll { overflow-x: auto; margin-bottom: 24px; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
caption { padding: 8px 0; text-align: left; }
caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 40px); }
th, td { padding: 6px 0 6px 14px; border-bottom: 1px solid var(--line); text-align: right; vertical-align: baseline; }
th:first-child { padding-left: 0; text-align: left; font-weight: 500; min-width: 8.5rem; }
thead th, thead th:first-child { border-bottom: 2px solid var(--ink); font-size: 0.8125rem; font-weight: 600; vertical-align: bottom; line-height: 1.25; }
tfoot th:first-child, tfoot td { border-bottom: 0; border-top: 2px solid var(--ink); font-weight: 600; }
tbody tr:hover { background: var(--card); }
.text, .texts td, .texts th { text-align: left; }
.funnel .text { padding-left: 32px; }
.texts td { min-width: 12rem; font-size: 0.8125rem; }
.funnel th:first-child { min-width: 5rem; }
.ages { width: 150px; }
.with-minis th, .with-minis td { padding-left: 8px; font-size: 0.875rem; }
.with-minis thead th { font-size: 0.75rem; }
.with-minis th:first-child { padding-left: 0; min-width: 11rem; font-size: 0.8125rem; line-height: 1.35; }
td.ages { vertical-align: top; padding-top: 3px; padding-bottom: 3px; line-height: 26px; }
.mini { width: 130px; max-width: none; margin-left: auto; }
th .mini { margin-top: 2px; }
.digest { display: block; color: var(--muted); font-size: 0.75rem; font-weight: 400; }
thead button {
  min-width: 24px; min-height: 24px; margin: 0; padding: 0; border: 0; background: none; color: inherit;
  font: inherit; text-align: inherit; text-decoration: underline dotted 1px; text-underline-offset: 3px; cursor: pointer;
}
thead button:hover { color: var(--link); }
[aria-sort] button { white-space: nowrap; }
[aria-sort] button::after { content: " ↓"; }
[aria-sort="ascending"] button::after { content: " ↑"; }
.on-paper { display: none; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }

summary { min-height: 24px; margin-bottom: 8px; color: var(--link); cursor: pointer; }
.reasons { columns: 2; column-gap: 32px; margin-top: 8px; }
.reasons article { margin-bottom: 24px; break-inside: avoid; }
.reasons h3 { display: flex; justify-content: space-between; gap: 12px; margin: 0 0 4px; padding-top: 8px; border-top: 1px solid var(--line); }
.reasons p { margin-bottom: 6px; font-size: 0.875rem; }
.reasons p code { color: var(--muted); }
.reasons .first, .place { color: var(--muted); font-size: 0.8125rem; }
.examples { padding: 0; list-style: none; }
.examples li { margin-bottom: 6px; padding: 6px 10px; background: var(--card); }
.examples .place { display: block; }
.examples code { white-space: pre-wrap; }
.hidden-char { padding: 0 3px; border: 1px solid var(--muted); border-radius: 3px; color: var(--muted); font-size: 0.6875rem; }
pre { margin: 4px 0 12px; padding: 12px; overflow-x: auto; background: var(--card); white-space: pre-wrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 4px 0 12px; font-size: 0.9375rem; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.made { margin-top: 24px; }
.tip {
  position: fixed; z-index: 1; max-width: min(320px, calc(100vw - 16px)); padding: 6px 10px; border-radius: 4px;
  background: var(--ink); color: var(--paper); font-size: 0.8125rem; line-height: 1.4; pointer-events: none;
}
.tip[hidden] { display: none; }

@media screen and (max-width: 640px) {
  body { padding-top: 24px; }
  h1 { font-size: 1.625rem; }
  .lead li:first-child { font-size: 1.1875rem; }
  .wide { display: none; }
  .narrow { display: block; width: 100%; max-width: 440px; }
  .two { grid-template-columns: 1fr; }
  .reasons { columns: 1; }
  .funnel .text { padding-left: 14px; }
  .two svg { width: 100%; max-width: 440px; }
  .panels { grid-template-columns: 1fr 1fr; }
  .panels.roomy { grid-template-columns: 1fr; }
  .sortable th:first-child { position: sticky; left: 0; background: var(--paper); }
  .steps > li { padding-left: 42px; }
}

@media print {
  @page { size: A4; margin: 16mm 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 20pt; }
  h2 { margin-top: 28pt; font-size: 14pt; }
  h2, h3, caption, figcaption, summary, .keys, .first { break-after: avoid; }
  tr, figure, li, .two, dl, pre { break-inside: avoid; }
  .steps > li { break-inside: auto; }
  .panels { break-inside: auto; }
  .keys, .funnel { break-inside: avoid; }
  .keys { display: block; }
  .keys li { display: inline-flex; margin-right: 16px; }
  tbody tr:first-child, tfoot tr { break-before: avoid; }
  .with-minis th:first-child, .with-minis td, .with-minis thead th { font-size: 8pt; }
  .long { display: none; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  .scroll { overflow: visible; }
  thead button, .tip { display: none !important; }
  .on-paper { display: inline; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  a { color: inherit; }
}
`;

function variables(theme: Theme): string {
  return Object.entries(theme).map(([name, colour]) => `--${name}: ${colour};`).join(" ");
}
