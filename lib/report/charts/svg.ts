/**
 * Specs to SVG without a browser. The only importer of Vega: load this file only when
 * something is drawn, for Vega takes longer to load than the rest of the page to make.
 */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Spec } from "./base.ts";
import { cleanSvg } from "./svg_clean.ts";

/**
 * Returns the chart as an `<svg>` element that may stand in the page: no style, no script,
 * no link, no role, only shapes, texts and, as `data-tip`, the tips of marks.
 */
export async function drawSvg(spec: Spec): Promise<string> {
  const { spec: compiled } = compile(spec as unknown as TopLevelSpec);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  try {
    return cleanSvg(await view.toSVG());
  } finally {
    view.finalize();
  }
}
