/**
 * One output of a cell as HTML: the richest of its forms that is safe in a page.
 */
import type { Spec } from "../report/charts/base.ts";
import { Html, html } from "../report/html.ts";
import { CHART_TYPE, isSpec } from "./bundle.ts";
import { harmless, markdownHtml } from "./markdown.ts";
import { narrowOf } from "./narrow.ts";
import type { CellOutput } from "./notebook.ts";
import type { PageWords } from "./words.ts";

/** How the page speaks of an output. */
export interface OutputNames {
  /** What a screen reader calls it; no two of a page have the same. */
  readonly name: string;
  readonly words: PageWords;
}

/** Returns the output as HTML; nothing where it shows nothing. */
export async function outputHtml(
  output: CellOutput,
  names: OutputNames,
): Promise<Html> {
  const { output_type: type, data } = output;
  if (type === "stream") {
    return printed(output["text"], output["name"] === "stderr" ? "warned" : "said");
  }
  if (typeof data !== "object" || data === null) return html``;
  return await bundleHtml(new Map(Object.entries(data)), names);
}

const BITMAPS: readonly string[] = ["image/png", "image/jpeg"];

async function bundleHtml(
  data: ReadonlyMap<string, unknown>,
  names: OutputNames,
): Promise<Html> {
  const description = textOf(data.get("text/plain"));
  const spec = data.get(CHART_TYPE);
  if (isSpec(spec)) return await chartHtml(spec, { ...names, description });
  for (const type of BITMAPS) {
    if (data.has(type)) {
      return picture(`${type};base64,${textOf(data.get(type))}`, {
        ...names,
        description,
      });
    }
  }
  const svg = data.get("image/svg+xml");
  if (svg !== undefined) {
    return picture(`image/svg+xml;base64,${base64(textOf(svg))}`, {
      ...names,
      description,
    });
  }
  const markup = data.get("text/html");
  if (markup !== undefined) return region(names.name, harmless(textOf(markup)));
  const markdown = data.get("text/markdown");
  if (markdown !== undefined) return html`${markdownHtml(textOf(markdown))}\n`;
  return description === "" ? html`` : printed(description, "said");
}

/** Jupyter writes a long text as a list of lines or as one. */
function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";
}

interface Named extends OutputNames {
  readonly description: string;
}

async function chartHtml(spec: Spec, { name, words, description }: Named): Promise<Html> {
  const { figureOf } = await import("./picture.ts");
  const draw = async (one: Spec, shown: string): Promise<Html> =>
    new Html(
      (await figureOf(one)).replace("<svg", `<svg class="${shown}" aria-hidden="true"`),
    );
  const narrow = narrowOf(spec);
  const drawings = narrow === undefined
    ? [await draw(spec, "any")]
    : [await draw(spec, "wide"), "\n", await draw(narrow, "narrow")];
  const [heading, ...lines] = description.split("\n");
  const told = lines.length === 0 ? undefined : html`
    <details>
      <summary>${heading}${words.inWords}</summary>
      <ul>${lines.map((line) => html`<li>${line}</li>\n`)}</ul>
    </details>
  `;
  return html`
    <figure class="chart" role="region" aria-label="${name}: ${heading}" tabindex="0">
    ${drawings}
    </figure>
    ${told}
  `;
}

/** A script in an SVG does not run in a picture. */
function picture(data: string, { name, words, description }: Named): Html {
  const source = `data:${data.replace(/\s+/g, "")}`;
  const alt = description || words.picture;
  return html`
    <figure class="chart" role="region" aria-label="${name}" tabindex="0">
      <img src="${source}" alt="${alt}">
    </figure>
  `;
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** What may be wider than the screen scrolls by itself, by the keyboard too. */
function region(name: string, content: Html): Html {
  return html`<div class="shown" role="region" aria-label="${name}" tabindex="0">
${content}</div>\n`;
}

function printed(text: unknown, className: string): Html {
  // deno-lint-ignore no-control-regex -- the colours of a terminal
  const plain = textOf(text).replace(/\u001b\[[0-9;]*m/g, "");
  return html`<pre class="${className}">${plain}</pre>\n`;
}
