/**
 * A notebook that has run as one HTML page: texts, tables and charts, and the code only
 * where it is asked for. Like the report it needs no network and is readable without its
 * script.
 */
import { Html, type Html as Markup, html, type Part } from "../report/html.ts";
import { contentSecurityPolicy } from "../report/policy.ts";
import { SCRIPT } from "../report/script.ts";
import { pageStyle } from "../report/style.ts";
import { markdownHtml } from "./markdown.ts";
import type { Cell, Notebook } from "./notebook.ts";
import { outputHtml } from "./output.ts";
import type { ParameterValue } from "./parameters.ts";
import { type Lang, type PageWords, pageWords } from "./words.ts";

/** What the page says of the run. */
export interface PageFacts {
  /** The notebook's path, as it was given. */
  readonly notebook: string;
  /** All parameters by flag, with the values of this run as they were given. */
  readonly parameters:
    readonly (readonly [flag: string, value: ParameterValue | string])[];
  /** The command that makes the page again. */
  readonly command: string;
  /** When, ISO 8601 in UTC. */
  readonly made: string;
  /** The version of cohort. */
  readonly version: string;
  /** Whether the code is shown. */
  readonly code: boolean;
  /** The language that the notebook is written in. */
  readonly lang: Lang;
}

/** Returns the page as HTML. */
export async function drawNotebook(
  notebook: Notebook,
  facts: PageFacts,
): Promise<string> {
  const title = titleOf(notebook) ?? facts.notebook;
  const style = pageStyle(title) + STYLE;
  const cells: Markup[] = [];
  const words = pageWords(facts.lang);
  for (const cell of notebook.cells.filter(isForReaders)) {
    cells.push(await cellHtml(cell, { words, hasCode: facts.code }));
  }
  const page = html`
    <!doctype html>
    <html lang="${facts.lang}">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(
          style,
          SCRIPT,
        )}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style>${new Html(style)}</style>
      </head>
      <body>
        <main>
    ${cells}${provenance(facts, words)}</main>
        <script>${new Html(SCRIPT)}</script>
      </body>
    </html>
  `;
  return page.markup;
}

/** Jupyter Book's tag for what only helps who runs the notebook. */
const isForReaders = ({ metadata }: Cell): boolean =>
  !(metadata.tags ?? []).includes("remove-cell");

/** Returns the first heading of the texts. */
function titleOf({ cells }: Notebook): string | undefined {
  for (const { cell_type, source } of cells) {
    const heading = cell_type === "markdown"
      ? /^#\s+(.+)$/m.exec(source)?.[1]
      : undefined;
    if (heading !== undefined) return heading.replace(/[*_`]/g, "").trim();
  }
  return undefined;
}

async function cellHtml(
  cell: Cell,
  { words, hasCode }: { readonly words: PageWords; readonly hasCode: boolean },
): Promise<Markup> {
  if (cell.cell_type === "markdown") return html`${markdownHtml(cell.source)}\n`;
  if (cell.cell_type === "raw") return html``;
  const outputs: Part[] = [];
  for (const [i, output] of (cell.outputs ?? []).entries()) {
    const name = `${words.cell} ${cell.execution_count}, ${words.output} ${i + 1}`;
    outputs.push(await outputHtml(output, { name, words }));
  }
  const code = hasCode && cell.source.trim() !== "" ? codeHtml(cell, words) : undefined;
  return html`${code}${outputs}`;
}

function codeHtml({ source, execution_count: count }: Cell, words: PageWords): Markup {
  const name = `${words.code} ${count ?? ""}`;
  return html`
    <pre class="cell" role="region" aria-label="${name}"
      tabindex="0"><code>${source}</code></pre>
  `;
}

function provenance(facts: PageFacts, words: PageWords): Markup {
  const { notebook, parameters, command, made, version } = facts;
  const rows = parameters.map(([flag, value]) =>
    html`<dt>${flag}</dt><dd>${[value].flat().join(", ")}</dd>\n`
  );
  return html`
    <footer>
      <h2>${words.howMade}</h2>
      <dl>
    <dt>${words.notebook}</dt><dd>${notebook}</dd>
    ${rows}<dt>${words.made}</dt><dd>${made} ${words.by} ${version}</dd>
      </dl>
      <pre role="region" aria-label="${words
        .command}" tabindex="0"><code>${command}</code></pre>
    </footer>
  `;
}

/** What a notebook needs beside the style of the report. */
const STYLE = `
h1 { margin: 0 0 16px; }
.chart { margin: 12px 0 24px; overflow-x: auto; }
.chart .any, .chart img { min-width: 560px; }
.shown { overflow-x: auto; margin: 12px 0 24px; }
.shown p { color: var(--muted); font-size: 0.875rem; }
.shown table, main > table { width: auto; min-width: 50%; }
main > table { margin-bottom: 24px; }
td.text, th.text { padding-right: 14px; }
.shown img { max-width: 100%; height: auto; }
pre.cell { border-left: 3px solid var(--main); white-space: pre; }
pre.said { white-space: pre-wrap; }
pre.warned { border-left: 3px solid var(--accent); white-space: pre-wrap; }
blockquote { margin: 0 0 12px; padding-left: 16px; border-left: 3px solid var(--line); color: var(--muted); }
footer { margin-top: 56px; }
details { margin-bottom: 24px; }
.chart:has(+ details) { margin-bottom: 0; }
.shown td.text:last-child { min-width: 13rem; }
@media print {
  .chart .any, .chart img { min-width: 0; }
  .chart, .shown { overflow: visible; }
  p:has(+ .chart), p:has(+ .shown), p:has(+ ul) { break-after: avoid; }
  .shown table:not(:has(tbody tr:nth-child(9))) { break-inside: avoid; }
  .shown table + p { break-before: avoid; }
  footer { break-inside: avoid; }
}
`;
