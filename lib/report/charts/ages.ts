/**
 * The distribution of a field's ages as a Vega-Lite spec: a small histogram, on the same
 * axes for every field, so that they can be compared.
 */
import { chart, type ChartOptions, extent, niceScale, range, type Spec } from "./base.ts";
import { ageAt, type AgeCount, FEW, type Field } from "../facts.ts";
import { LIGHT } from "../theme.ts";

/** The axes that all histograms share. */
export interface AgeAxes {
  /** The first and the last bar's age. */
  readonly low: number;
  readonly high: number;
  /** Whether the first or last bar also counts everyone who is younger or older. */
  readonly isLowOpen: boolean;
  readonly isHighOpen: boolean;
  /** The ages under the axis. */
  readonly ticks: readonly number[];
  /** The highest share on the axis, in percent; taller bars end there with their number. */
  readonly most: number;
}

/** How a histogram is drawn. */
export interface AgeChartOptions extends ChartOptions {
  readonly axes: AgeAxes;
  readonly height: number;
  /** Without axes, numbers and tips: for a table's row. */
  readonly isMini?: boolean;
}

/** Ages no further apart than this are all drawn one by one, in years. */
const NARROWEST = 30;
/** Ages further apart than this are never all drawn one by one, in years. */
const WIDEST = 60;
/** In between they are, if in some field more than this share would be in the open bars. */
const NOTABLE = 0.05;
/** Smaller fields do not stretch the axis of shares: their bars are few and tall. */
const SETTLED = 30;

/** Returns the axes for the histograms of these fields, or nothing if all are too small. */
export function ageAxes(fields: readonly Field[]): AgeAxes | undefined {
  const drawn = fields.filter((field) => field.valid >= FEW);
  if (drawn.length === 0) return undefined;
  const counts = drawn.flatMap((field) => field.ages);
  const ages = counts.map(({ age }) => age);
  const [youngest, oldest] = extent(ages);
  const whole = [youngest, Math.max(oldest, youngest + 6)] as const;
  const cut = middle(counts, youngest, oldest);
  const isWhole = oldest - youngest <= NARROWEST ||
    oldest - youngest <= WIDEST &&
      drawn.some((field) => shareBeyond(field, cut) > NOTABLE);
  const [low, high] = isWhole ? whole : cut;
  const axes = { low, high, isLowOpen: youngest < low, isHighOpen: oldest > high };
  const settled = drawn.filter((field) => field.valid >= SETTLED);
  const shares = (settled.length > 0 ? settled : drawn).flatMap((field) =>
    bins(field, axes).map(({ share }) => share)
  );
  return {
    ...axes,
    ticks: ageTicks(low, high),
    most: niceScale(0, extent(shares)[1], 7).high,
  };
}

/** Returns the ages between which 99 of 100 students are, in round numbers. */
function middle(
  counts: readonly AgeCount[],
  youngest: number,
  oldest: number,
): [low: number, high: number] {
  const low = Math.max(Math.floor(ageAt(counts, 0.005) / 5) * 5, youngest);
  const high = Math.ceil(ageAt(counts, 0.995) / 5) * 5;
  return [low, Math.min(Math.max(high, low + 10), oldest)];
}

/** Returns the share of a field's students whose ages are beyond, 0 to 1. */
function shareBeyond(
  field: Field,
  [low, high]: readonly [low: number, high: number],
): number {
  const beyond = field.ages.filter(({ age }) => age < low || age > high);
  return beyond.reduce((sum, { count }) => sum + count, 0) / field.valid;
}

function ageTicks(low: number, high: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50].find((step) => (high - low) / step < 5) ?? 50;
  return range(Math.ceil(low / step) * step, high, step);
}

/** One bar. */
interface Bin {
  readonly age: number;
  readonly count: number;
  /** Of the field's valid students, in percent. */
  readonly share: number;
  readonly isKept: boolean;
}

/** Returns a field's bars; whoever is beyond an open end is counted in the bar there. */
function bins(field: Field, axes: Pick<AgeAxes, "low" | "high">): readonly Bin[] {
  const bars = new Map<number, Bin>();
  for (const { age, count, isKept } of field.ages) {
    const shown = Math.min(Math.max(age, axes.low), axes.high);
    const all = (bars.get(shown)?.count ?? 0) + count;
    bars.set(shown, { age: shown, count: all, share: 100 * all / field.valid, isKept });
  }
  return [...bars.values()];
}

/** Returns the histogram of a field: filtered ages grey, the average of the kept a line. */
export function ageChart(field: Field, options: AgeChartOptions): Spec {
  const { axes, width, height, isMini = false } = options;
  const left = isMini ? 0 : 36;
  const padding = { left, right: 4, top: isMini ? 0 : 14, bottom: isMini ? 1 : 20 };
  return chart({ width, height, padding }, options, {
    layer: [
      ...bars(field, options),
      ...(isMini ? [] : [...tooTall(field, options)]),
      ...meanLine(field, axes, options),
    ],
  });
}

/** Returns the axis of ages alone, to stand above a column of histograms. */
export function ageScaleChart(options: AgeChartOptions): Spec {
  const { axes, width, height, theme = LIGHT } = options;
  const size = { width, height, padding: { left: 0, right: 4, top: 0, bottom: 2 } };
  const plot = width - 4;
  const values = axes.ticks.map((age) => ({
    age,
    label: String(age),
    x: (age - axes.low + 0.5) / (axes.high - axes.low + 1) * plot,
  }));
  const x = { field: "x", type: "quantitative", scale: null, axis: null };
  return chart(size, options, {
    layer: [
      {
        data: { values },
        mark: {
          type: "text",
          baseline: "bottom",
          align: "center",
          color: theme.muted,
          fontSize: 11,
        },
        encoding: {
          x,
          y: { value: height - 8 },
          text: { field: "label", type: "nominal" },
        },
      },
      {
        data: { values },
        mark: { type: "rule", color: theme.muted },
        encoding: { x, y: { value: height - 6 }, y2: { value: height - 2 } },
      },
    ],
  });
}

function bars(field: Field, options: AgeChartOptions): readonly Spec[] {
  const { axes, words, isMini = false, theme = LIGHT } = options;
  const rows = bins(field, axes).map((bin) => ({
    from: bin.age - 0.5,
    to: bin.age + 0.5,
    share: Math.min(bin.share, axes.most),
    count: bin.count,
    isKept: bin.isKept,
    tip: words.ageTip(agesOf(bin, axes), bin.count, bin.share / 100),
  }));
  const barWidth = options.width / (axes.high - axes.low + 1);
  const mark = { type: "bar", binSpacing: barWidth < 5 ? 0.5 : 1, aria: !isMini };
  const layer = (isKept: boolean, color: string): Spec => ({
    data: { values: rows.filter((row) => row.isKept === isKept) },
    mark: { ...mark, color },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        bin: { binned: true, step: 1 },
        scale: { domain: [axes.low - 0.5, axes.high + 0.5], nice: false, zero: false },
        axis: isMini
          ? null
          : { values: axes.ticks, format: "d", grid: false, labelFontSize: 11 },
      },
      x2: { field: "to" },
      y: {
        field: "share",
        type: "quantitative",
        scale: { domain: [0, axes.most], nice: false },
        axis: isMini ? null : shareAxis(options),
      },
      ...(!isMini && {
        description: { field: "tip", type: "nominal" },
        tooltip: { field: "tip", type: "nominal" },
      }),
    },
  });
  return [layer(false, theme.grey), layer(true, theme.main)];
}

function shareAxis({ axes, words }: AgeChartOptions): Spec {
  const unit = words.lang === "fr" ? "\u202f%" : "%";
  return {
    values: axes.most % 2 === 0 ? [0, axes.most / 2, axes.most] : [0, axes.most],
    labelExpr: `datum.label + '${unit}'`,
    labelFontSize: 11,
    grid: true,
  };
}

/** The ages that a bar counts: one, or all from or to there. */
function agesOf(bin: Bin, axes: AgeAxes): string {
  if (bin.age === axes.high && axes.isHighOpen) return `≥ ${bin.age}`;
  if (bin.age === axes.low && axes.isLowOpen) return `≤ ${bin.age}`;
  return String(bin.age);
}

/** The shares of the bars that are taller than the axis. */
function tooTall(field: Field, options: AgeChartOptions): readonly Spec[] {
  const { axes, words, theme = LIGHT } = options;
  const values = bins(field, axes).filter((bin) => bin.share > axes.most).map((bin) => ({
    age: bin.age,
    text: words.numbers.percent(bin.share / 100),
  }));
  if (values.length === 0) return [];
  return [{
    data: { values },
    mark: {
      type: "text",
      baseline: "bottom",
      fontSize: 10,
      color: theme.muted,
    },
    encoding: {
      x: { field: "age", type: "quantitative" },
      y: { value: -2 },
      text: { field: "text", type: "nominal" },
    },
  }];
}

function meanLine(
  field: Field,
  axes: AgeAxes,
  options: AgeChartOptions,
): readonly Spec[] {
  if (field.mean === null) return [];
  const mean = Math.min(Math.max(field.mean, axes.low), axes.high);
  const { theme = LIGHT } = options;
  const line = (color: string, strokeWidth: number): Spec => ({
    data: { values: [{ mean }] },
    mark: { type: "rule", color, strokeWidth },
    encoding: { x: { field: "mean", type: "quantitative" } },
  });
  if (options.isMini) return [line(theme.accent, 1.5)];
  return [line(theme.paper, 4), line(theme.accent, 2)]; // set apart from the bars
}
