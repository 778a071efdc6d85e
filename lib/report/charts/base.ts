/**
 * What all charts share: the type of a spec, the look, and axes with ticks that never
 * overlap.
 */
import { LIGHT, type Theme } from "../theme.ts";
import type { Words } from "../words/words.ts";

/** One Vega-Lite chart, as data: rows already computed, nothing fetched. */
export type Spec = Readonly<Record<string, unknown>>;

/** What a chart is drawn with. */
export interface ChartOptions {
  readonly words: Words;
  /** Of the whole chart, in pixels. */
  readonly width: number;
  /** Its colours; by default those for white paper. */
  readonly theme?: Theme;
}

/** Room around the marks, in pixels. */
export interface Padding {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Narrower charts are for phones: names stand above their marks instead of beside them. */
export const NARROW = 500;
/** The size of texts in charts, in pixels. */
export const FONT_SIZE = 12;
/** The fonts of page and charts: those of the reader's system. */
export const FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Returns a chart of an exact size: marks and axes are placed, never measured. */
export function chart(
  size: { readonly width: number; readonly height: number; readonly padding: Padding },
  options: ChartOptions,
  content: Spec,
): Spec {
  const { padding } = size;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: size.width - padding.left - padding.right,
    height: size.height - padding.top - padding.bottom,
    padding,
    autosize: "none",
    background: "transparent",
    config: config(options.theme ?? LIGHT),
    ...content,
  };
}

function config(theme: Theme): Spec {
  return {
    font: FONTS,
    view: { stroke: null },
    mark: { aria: false }, // the caption names the figure, the table holds its numbers
    text: { color: theme.ink, fontSize: FONT_SIZE },
    axis: {
      labelColor: theme.muted,
      labelFontSize: FONT_SIZE,
      labelLimit: 0,
      labelBound: false,
      labelFlush: false,
      labelOverlap: false,
      labelPadding: 4,
      gridColor: theme.line,
      domain: false,
      ticks: false,
      title: null,
    },
  };
}

/** A scale from `low` to `high` and where its ticks are. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Returns a scale that holds both ages, ends at ticks, and has at most so many of them. */
export function niceScale(low: number, high: number, most: number): Scale {
  for (const step of [1, 2, 5, 10, 20, 50]) {
    const start = Math.floor(low / step) * step;
    const end = Math.max(Math.ceil(high / step) * step, start + step);
    if ((end - start) / step < most) {
      return { low: start, high: end, ticks: range(start, end, step) };
    }
  }
  return { low: 0, high: 150, ticks: [0, 50, 100, 150] };
}

/** Returns the smallest and the largest of at least one number, however many there are. */
export function extent(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Returns the numbers from `start` to `end`, both included, `step` apart. */
export function range(start: number, end: number, step: number): readonly number[] {
  return Array.from(
    { length: Math.floor((end - start) / step) + 1 },
    (_, i) => start + i * step,
  );
}

/** Right-to-left letters: Hebrew, Arabic, Syriac, Thaana, N'Ko and their forms. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** Returns a name for a chart's text, isolated where it runs from right to left. */
export function isolate(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}
