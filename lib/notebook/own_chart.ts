/**
 * A chart of one's own in the look of the report's.
 */
import { chart, FONT_SIZE, NARROW, type Spec } from "../report/charts/base.ts";
import { LIGHT } from "../report/theme.ts";
import { wordsFor } from "../report/words/words.ts";
import { WIDTH } from "./charts.ts";
import { drawTwice } from "./narrow.ts";

/** The size of a chart of your own, its axes and legend included, in pixels. */
export interface OwnChartOptions {
  /** 660 by default. */
  readonly width?: number;
  /** 300 by default. */
  readonly height?: number;
}

const MARGIN = 12;
const PADDING = { left: MARGIN, right: MARGIN, top: MARGIN, bottom: MARGIN };

/**
 * Returns a Vega-Lite chart of your own in the look of the others: give it `data`, `mark` and
 * `encoding`, and a `description` whose first line is its heading.
 */
export function ownChart(content: Spec, options: OwnChartOptions = {}): Spec {
  const { width = WIDTH, height = 300 } = options;
  return drawTwice(width, (width) => ({ ...lookOf(width, height), ...content }));
}

/** Returns all of the chart but its content. */
function lookOf(width: number, height: number): Spec {
  const isNarrow = width < NARROW;
  const labelLimit = isNarrow ? NARROW_LABEL : LABEL;
  const look = chart({ width, height, padding: PADDING }, { words, width }, {});
  const { axis, ...config } = look.config as { readonly axis: Spec };
  return {
    ...look,
    ...{ width, height, autosize: { type: "fit", contains: "padding" } },
    config: {
      ...config,
      axis: { ...axis, ...TITLE, labelOverlap: true, labelLimit },
      legend: { ...LEGEND, ...(isNarrow && { columns: 1 }) },
      range: RANGE,
    },
  };
}

const words = wordsFor("en");

/** How wide a name may be, in pixels: a longer one would leave the marks no room. */
const LABEL = 300;
const NARROW_LABEL = 140;

/** The colours of the page's theme: they follow light and dark. */
const TITLE = {
  titleColor: LIGHT.muted,
  titleFontSize: FONT_SIZE,
  titleFontWeight: "normal",
};
const LEGEND = {
  ...TITLE,
  labelColor: LIGHT.ink,
  labelFontSize: FONT_SIZE,
  labelLimit: LABEL,
  symbolSize: 200, // wide enough to show how a line is dashed
};
const RANGE = { category: [LIGHT.main, LIGHT.accent, LIGHT.muted, LIGHT.ink] };
