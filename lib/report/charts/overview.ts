/**
 * The overview as a Vega-Lite spec: where the ages of each field lie, with its average.
 */
import {
  chart,
  extent,
  FONT_SIZE,
  isolate,
  NARROW,
  niceScale,
  type Scale,
  type Spec,
} from "./base.ts";
import { ageAt, FEW, type KeptField } from "../facts.ts";
import { hitAreas, labelTexts, NUMBERS, numberTexts, PIXELS } from "./row_texts.ts";
import {
  besideRows,
  labelWidth,
  type OverviewOptions,
  type Row,
  stackedRows,
} from "./rows.ts";
import { textWidth } from "./text_width.ts";
import { LIGHT } from "../theme.ts";

/** Ages further apart than this are not all drawn to scale, in years. */
const WIDEST = 45;

/**
 * Returns the ages that the overview's axis has to hold: all of them, or where they lie too
 * far apart, those of 99 of 100 students and every average and quartile.
 */
export function overviewAges(
  fields: readonly KeptField[],
): { readonly low: number; readonly high: number } {
  const [low, high] = extent(fields.flatMap(({ min, max }) => [min, max]));
  if (high - low <= WIDEST) return { low, high };
  const ages = fields.flatMap((field) => field.ages.filter(({ isKept }) => isKept));
  const [least, most] = extent([
    ageAt(ages, 0.005),
    ageAt(ages, 0.995),
    ...fields.flatMap(({ mean, q1, q3 }) => [mean, q1, q3]),
  ]);
  return { low: least, high: most };
}

/** Returns a scale for the overview of these fields, with ticks that fit the width. */
export function overviewScale(
  ages: { readonly low: number; readonly high: number },
  width: number,
): Scale {
  return niceScale(ages.low, ages.high, width < NARROW ? 7 : 11);
}

/**
 * Returns the chart of average ages: for each field, in the order given, a line from the
 * youngest to the oldest, a bar from the first to the third quartile, a tick at the median
 * and a diamond at the mean, hollow where fewer than five students are kept.
 */
export function overviewChart(
  fields: readonly KeptField[],
  options: OverviewOptions,
): Spec {
  const isNarrow = options.width < NARROW;
  const labels = fields.map((field) => isolate(field.name));
  const left = isNarrow ? 8 : labelWidth(labels, options.width);
  const rows = isNarrow
    ? stackedRows(fields, labels, options.width - NUMBERS.mean)
    : besideRows(fields, labels, left - 12);
  const numbers = NUMBERS.mean + (isNarrow ? 0 : NUMBERS.count);
  const padding = { left, right: numbers, top: 24, bottom: 26 };
  const height = (rows.at(-1)?.bottom ?? 0) + padding.top + padding.bottom;
  const plot = options.width - left - numbers;
  return chart({ width: options.width, height, padding }, options, {
    layer: [
      ...overallLine(options, plot),
      ...rangeMarks(rows, options),
      ...middleMarks(rows, options),
      meanMarks(rows, options),
      ...labelTexts(rows, options, left),
      ...numberTexts(rows, options, plot),
      hitAreas(rows, options, plot),
    ],
  });
}

/** The axis of ages, and the average of all as a dashed line with its number on top. */
function overallLine(options: OverviewOptions, plot: number): readonly Spec[] {
  const { scale, words, theme = LIGHT, overall } = options;
  const label = `${words.overall} ${words.numbers.years(overall)}`;
  const half = textWidth(label, FONT_SIZE) / 2;
  const at = (overall - scale.low) / (scale.high - scale.low) * plot;
  const x = Math.min(Math.max(at, half), plot - half);
  return [
    {
      data: { values: [{ age: overall }] },
      mark: { type: "rule", color: theme.accent, strokeDash: [3, 3], strokeWidth: 1.25 },
      encoding: { x: onScale("age", scale) },
    },
    {
      data: { values: [{ label }] },
      mark: { type: "text", align: "center", baseline: "bottom", color: theme.accent },
      encoding: {
        text: { field: "label", type: "nominal" },
        x: { value: x },
        y: { value: -6 },
      },
    },
  ];
}

/** The line from youngest to oldest, with the age where it leaves the scale. */
function rangeMarks(rows: readonly Row[], options: OverviewOptions): readonly Spec[] {
  const { scale, words, theme = LIGHT } = options;
  const inside = (age: number): number => Math.min(Math.max(age, scale.low), scale.high);
  const values = rows.map(({ field, y }) => ({
    from: inside(field.min),
    to: inside(field.max),
    y,
    name: field.name,
  }));
  const beyond = rows.flatMap(({ field, y }) => [
    ...(field.max > scale.high
      ? [{ age: scale.high, text: words.oldestBeyond(field.max), y, align: "right" }]
      : []),
    ...(field.min < scale.low
      ? [{ age: scale.low, text: words.youngestBeyond(field.min), y, align: "left" }]
      : []),
  ]);
  const texts = (align: string): Spec => ({
    data: { values: beyond.filter((row) => row.align === align) },
    mark: { type: "text", align, dy: -8, fontSize: 11, color: theme.muted },
    encoding: {
      text: { field: "text", type: "nominal" },
      x: onScale("age", scale),
      y: PIXELS,
    },
  });
  return [
    {
      data: { values },
      mark: { type: "rule", color: theme.muted, strokeWidth: 1.25 },
      encoding: {
        x: onScale("from", scale),
        x2: { field: "to" },
        y: PIXELS,
      },
    },
    ...(beyond.length > 0 ? [texts("left"), texts("right")] : []),
  ];
}

/** Returns the place of a row's age; every layer says the whole axis, else Vega guesses. */
function onScale(field: string, { low, high, ticks }: Scale): Spec {
  return {
    field,
    type: "quantitative",
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { values: ticks, format: "d", grid: true },
  };
}

/** The bar from first to third quartile and the tick at the median, where many are kept. */
function middleMarks(rows: readonly Row[], options: OverviewOptions): readonly Spec[] {
  const { scale, theme = LIGHT } = options;
  const many = rows.filter(({ field }) => field.count >= FEW);
  const boxes = many.map(({ field: { name, q1, q3 }, y }) => ({
    name,
    q1,
    q3,
    y: y - 5,
    bottom: y + 5,
  }));
  const medians = many.map(({ field: { name, median }, y }) => ({
    name,
    median,
    y: y - 7,
    bottom: y + 7,
  }));
  return [
    {
      data: { values: boxes },
      mark: { type: "rect", color: theme.band, stroke: theme.main, strokeWidth: 1 },
      encoding: {
        x: onScale("q1", scale),
        x2: { field: "q3" },
        y: PIXELS,
        y2: { field: "bottom" },
      },
    },
    {
      data: { values: medians },
      mark: { type: "rule", color: theme.ink, strokeWidth: 2 },
      encoding: { x: onScale("median", scale), y: PIXELS, y2: { field: "bottom" } },
    },
  ];
}

/** The diamond at the mean, hollow where few are kept. */
function meanMarks(rows: readonly Row[], options: OverviewOptions): Spec {
  const { scale, theme = LIGHT } = options;
  const values = rows.map(({ field, y }) => ({
    name: field.name,
    mean: field.mean,
    y,
    fill: field.count < FEW ? theme.paper : theme.accent,
  }));
  return {
    data: { values },
    mark: {
      type: "point",
      shape: "diamond",
      size: 72,
      opacity: 1,
      stroke: theme.accent,
      strokeWidth: 1.5,
    },
    encoding: {
      x: onScale("mean", scale),
      y: PIXELS,
      fill: { field: "fill", type: "nominal", scale: null, legend: null },
    },
  };
}
