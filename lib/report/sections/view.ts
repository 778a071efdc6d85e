/**
 * What every section of the page is drawn from, and the parts that sections are made of.
 */
import type { Spec } from "../charts/base.ts";
import type { Facts } from "../facts.ts";
import { Html, html, type Part } from "../html.ts";
import type { Lang } from "../words/numbers.ts";
import type { Result } from "../result.ts";
import { VARIABLES } from "../theme.ts";
import type { Words } from "../words/words.ts";

/** What the page says besides the result. */
export interface PageOptions {
  /** The heading; by default one in the page's language. */
  readonly title?: string | undefined;
  /** Who hands it in. */
  readonly author?: string | undefined;
  /** For which course. */
  readonly course?: string | undefined;
  /** The day under the title: `2026-11-22` is written out, any other text stays as it is. */
  readonly date?: string | undefined;
  /** The page's language; by default the result's `parameters.lang`. */
  readonly lang?: Lang | undefined;
  /** Whether refused records are shown as examples; by default they are. */
  readonly examples?: boolean | undefined;
  /** The command that makes this page again; by default none is shown. */
  readonly command?: string | undefined;
}

/** What a section is drawn from. */
export interface View {
  readonly result: Result;
  readonly facts: Facts;
  readonly words: Words;
  readonly options: PageOptions;
  /** Returns the chart as an `<svg>` element. */
  readonly draw: (spec: Spec) => Promise<string>;
}

/** The widths of a chart on a wide page and on a phone, in pixels. */
export const WIDTHS = { wide: 720, narrow: 350 } as const;
/** Which of the two a chart is shown at; `any` is one drawing for both. */
export type ChartClass = keyof typeof WIDTHS | "any";

/** What every chart of a page is drawn with. */
export function chartLook(view: View): {
  readonly words: Words;
  readonly theme: typeof VARIABLES;
} {
  return { words: view.words, theme: VARIABLES };
}

/** Returns a chart as HTML, named by the element with that id. */
export async function drawing(
  view: View,
  spec: Spec,
  { id, shown }: { readonly id: string; readonly shown: ChartClass },
): Promise<Html> {
  const svg = await view.draw(spec);
  return new Html(
    svg.replace("<svg", `<svg class="${shown}" role="img" aria-labelledby="${id}"`),
  );
}

/** Returns a chart as HTML that a screen reader passes over: its numbers stand beside it. */
export async function decoration(view: View, spec: Spec): Promise<Html> {
  const svg = await view.draw(spec);
  return new Html(svg.replace("<svg", '<svg class="mini" aria-hidden="true"'));
}

/** Returns a section with its heading. */
export function section(id: string, heading: string, ...content: readonly Part[]): Html {
  return html`
    <section aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${content}
    </section>
  `;
}

/** Returns a list with one item a line. */
export function list(items: readonly Part[], className?: string): Html {
  const opening = className === undefined ? html`<ul>` : html`<ul class="${className}">`;
  return html`${opening}
${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;
}

/** Returns a table that scrolls by itself where the screen is too narrow. */
export function scrolling(captionId: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-labelledby="${captionId}" tabindex="0">
${table}
</div>`;
}

/** Returns a cell with a number; `exact` is what it is sorted by and checked against. */
export function numberCell(text: string, exact: number | null): Html {
  if (exact === null || text === String(exact)) return html`<td>${text}</td>`;
  return html`<td data-v="${String(exact)}">${text}</td>`;
}

/** The shapes in keys; each has its own outline, so that colour is never alone. */
export type Key =
  | "mean"
  | "few"
  | "median"
  | "middle"
  | "range"
  | "all"
  | "kept"
  | "filtered"
  | "line";

/** Returns the key to a chart: a shape and its meaning each. */
export function keys(entries: readonly (readonly [Key, Part])[]): Html {
  return list(
    entries.map(([key, text]) => html`<i class="key ${key}"></i>${text}`),
    "keys",
  );
}
