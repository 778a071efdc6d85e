/**
 * One output of a cell as HTML: the richest of its forms that is safe in a page.
 */
import type { Spec } from "../report/charts/base.ts";
import { Html, html } from "../report/html.ts";
import { CHART_TYPE, isSpec } from "./bundle.ts";
import { harmless, markdownHtml } from "./markdown.ts";
import type { CellOutput } from "./notebook.ts";

/** Returns the output as HTML; nothing where it shows nothing. */
export async function outputHtml(output: CellOutput): Promise<Html> {
  const { output_type: type, name, data } = output;
  if (type === "stream") {
    return printed(output["text"], name === "stderr" ? "warned" : "said");
  }
  if (typeof data !== "object" || data === null) return html``;
  return await bundleHtml(new Map(Object.entries(data)));
}

const BITMAPS: readonly string[] = ["image/png", "image/jpeg"];

async function bundleHtml(data: ReadonlyMap<string, unknown>): Promise<Html> {
  const description = textOf(data.get("text/plain"));
  const spec = data.get(CHART_TYPE);
  if (isSpec(spec)) return await chartHtml(spec, description);
  for (const type of BITMAPS) {
    if (data.has(type)) return picture(type, textOf(data.get(type)), description);
  }
  const svg = data.get("image/svg+xml");
  if (svg !== undefined) {
    return picture("image/svg+xml", base64(textOf(svg)), description);
  }
  const markup = data.get("text/html");
  if (markup !== undefined) return shown(harmless(textOf(markup)));
  const markdown = data.get("text/markdown");
  if (markdown !== undefined) return html`${markdownHtml(textOf(markdown))}\n`;
  return description === "" ? html`` : printed(description, "said");
}

/** Jupyter writes a long text as a list of lines or as one. */
function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";
}

async function chartHtml(spec: Spec, description: string): Promise<Html> {
  const { figureOf } = await import("./picture.ts");
  const svg = (await figureOf(spec)).replace("<svg", '<svg aria-hidden="true"');
  const heading = description.split("\n")[0]!;
  return html`
    <figure class="chart" role="region" aria-label="${heading}" tabindex="0">
    ${new Html(svg)}
    </figure>
    <details>
      <summary>${heading}: in words</summary>
      <ul>${description.split("\n").slice(1).map((line) => html`<li>${line}</li>\n`)}</ul>
    </details>
  `;
}

/** A script in an SVG does not run in a picture. */
function picture(type: string, data: string, description: string): Html {
  const source = `data:${type};base64,${data.replace(/\s+/g, "")}`;
  return html`<figure class="chart"><img src="${source}" alt="${
    description || "A picture"
  }"></figure>\n`;
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

function shown(content: Html): Html {
  return html`<div class="shown" role="region" aria-label="Table" tabindex="0">
${content}</div>\n`;
}

function printed(text: unknown, className: string): Html {
  // deno-lint-ignore no-control-regex -- the colours of a terminal
  const plain = textOf(text).replace(/\u001b\[[0-9;]*m/g, "");
  return html`<pre class="${className}">${plain}</pre>\n`;
}
