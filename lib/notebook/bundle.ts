/**
 * What a value looks like in a notebook, as a bundle of MIME types: the viewer takes the
 * richest that it knows, and each holds a text for those that know none.
 */
import type { Spec } from "../report/charts/base.ts";
import { LIGHT } from "../report/theme.ts";
import { tableHtml, tableText } from "./table.ts";
import { tableOf } from "./tables.ts";

/** The same thing in several forms, by MIME type. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The method by which Deno's kernel asks a value for its bundle. */
export const DISPLAY = Symbol.for("Jupyter.display");

/** JupyterLab and VS Code know Vega-Lite up to this version of the MIME type. */
export const CHART_TYPE = "application/vnd.vegalite.v5+json";

/** Returns the value as a bundle; of what has no form of its own, the text. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (typeof value === "string") return { "text/markdown": value, "text/plain": value };
  const form = knownForm(value);
  if (form !== undefined) return await form();
  return await ownBundle(value) ?? { "text/plain": Deno.inspect(value) };
}

/** Returns how a chart or a table is made into a bundle; nothing for any other value. */
export function knownForm(
  value: unknown,
): (() => MimeBundle | Promise<MimeBundle>) | undefined {
  if (isSpec(value)) return () => chartBundle(value);
  const table = tableOf(value);
  return table && (() => ({
    "text/html": tableHtml(table).markup,
    "text/plain": tableText(table),
  }));
}

/** Asks a value that knows by itself how it is shown. */
async function ownBundle(value: unknown): Promise<MimeBundle | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  const display = (value as { readonly [DISPLAY]?: unknown })[DISPLAY];
  return typeof display === "function" ? await display.call(value) : undefined;
}

/** Whether the value is a chart. */
export function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && "$schema" in value &&
    typeof value.$schema === "string" && value.$schema.includes("/vega-lite/");
}

/** The interactive chart, its picture, and what it shows in words. */
async function chartBundle(spec: Spec): Promise<MimeBundle> {
  const { pictureOf } = await import("./picture.ts");
  const { description } = spec;
  return {
    [CHART_TYPE]: {
      ...spec,
      // what the charts use of version 6 is all in version 5
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      background: LIGHT.paper,
    },
    "image/svg+xml": await pictureOf(spec),
    "text/plain": typeof description === "string" ? description : "A chart",
  };
}
