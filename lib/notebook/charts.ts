/**
 * The charts of the report for a notebook: straight from ages or counts, with what only a
 * screen can do, and with a description for those who cannot see them.
 */
import type { Ages } from "../analyse/ages.ts";
import { allAges, olderThan } from "../analyse/ages.ts";
import type { Funnel } from "../analyse/funnel.ts";
import { countStudents, mean } from "../analyse/statistics.ts";
import { fieldResults } from "../report/build.ts";
import {
  ageAxes,
  ageChart,
  type Bar,
  barChart,
  funnelBars,
  overviewAges,
  overviewChart,
  overviewScale,
  rejectBars,
  type Spec,
} from "../report/charts/charts.ts";
import { isolate } from "../report/charts/base.ts";
import { type Facts, factsOf, FEW } from "../report/facts.ts";
import { type Words, wordsFor } from "../report/words/words.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import type { Reason } from "../transform/types.ts";
import { withBrush, withPick } from "./interactive.ts";
import { drawTwice } from "./narrow.ts";

/** How a chart is drawn. */
export interface NotebookChartOptions {
  /** Students older than this many years are kept; 20 by default. */
  readonly olderThan?: number;
  /** The language of its words; `en` by default. */
  readonly lang?: "en" | "fr";
  /** In pixels; 660 by default. On a phone, the page of a run draws its charts narrower. */
  readonly width?: number;
}

/** Fits beside JupyterLab's list of files, in pixels. */
export const WIDTH = 660;

/**
 * Returns the chart of average ages by field, oldest first; a click picks a field.
 *
 * @throws {RangeError} If nobody is kept.
 *
 * @example
 * ```ts
 * import { agesByField, averagesChart, readFiles, show } from "cohort";
 *
 * await show(averagesChart(await agesByField(await readFiles("data/students.csv"))));
 * ```
 */
export function averagesChart(
  ages: ReadonlyMap<string, Ages>,
  options: NotebookChartOptions = {},
): Spec {
  const { olderThan: threshold = OLDER_THAN } = options;
  const { facts: { kept }, words } = viewOf(ages, options);
  const overall = mean(olderThan(allAges(ages), threshold));
  return drawTwice(options.width ?? WIDTH, (width) => {
    const scale = overviewScale(overviewAges(kept), width);
    return withPick(overviewChart(kept, { words, width, scale, overall }));
  }, [words.averages, ...kept.map((field) => words.fieldTip(field))]);
}

/** How wide a histogram is at least, and how high, in pixels. */
const PANEL_WIDTH = 130;
const PANEL_HEIGHT = 130;
const GAP = 20;
const MOST_COLUMNS = 3;

/**
 * Returns a histogram of ages for each field with enough students, all on the same axes, the
 * ages that the threshold leaves out in grey. Dragging over the ages of one counts the
 * students of these ages in all.
 *
 * @throws {RangeError} If no field has enough students to be drawn.
 */
export function agesChart(
  ages: ReadonlyMap<string, Ages>,
  options: NotebookChartOptions = {},
): Spec {
  const { facts, words } = viewOf(ages, options);
  const fields = facts.fields.filter(({ valid }) => valid >= FEW);
  const axes = ageAxes(fields);
  if (axes === undefined) {
    throw new RangeError(
      `No field has ${FEW} students: there is no distribution to draw`,
    );
  }
  return drawTwice(options.width ?? WIDTH, (whole) => {
    const most = Math.max(1, Math.floor(whole / (PANEL_WIDTH + GAP)));
    const columns = Math.min(most, MOST_COLUMNS, fields.length);
    const width = Math.floor(whole / columns) - GAP;
    const look = { words, axes, width, height: PANEL_HEIGHT };
    const panels = fields.map((field) => ({
      title: isolate(field.name),
      chart: ageChart(field, look),
    }));
    return withBrush(panels, columns);
  }, [words.distributions, ...fields.map((field) => inWords(field, words))]);
}

/** Returns the funnel as bars: what was read, what was lost at each step, what is left. */
export function funnelChart(funnel: Funnel, options: NotebookChartOptions = {}): Spec {
  const words = wordsFor(options.lang ?? "en");
  return bars(funnelBars(funnel, words), funnel.read, words.quality, options);
}

/** Returns the rejects by reason as bars, the most frequent first. */
export function rejectsChart(
  rejects: Readonly<Partial<Record<Reason, number>>>,
  options: NotebookChartOptions = {},
): Spec {
  const words = wordsFor(options.lang ?? "en");
  const total = Object.values(rejects).reduce((sum, count) => sum + count, 0);
  return bars(rejectBars(rejects, words), total, words.rejected, options);
}

function bars(
  rows: readonly Bar[],
  of: number,
  caption: string,
  { width = WIDTH, lang = "en" }: NotebookChartOptions,
): Spec {
  const words = wordsFor(lang);
  const tips = rows.map(({ label, from, to }) =>
    words.barTip(label, to - from, of === 0 ? 0 : (to - from) / of)
  );
  return drawTwice(width, (width) => barChart(rows, { words, width, of }), [
    caption,
    ...tips,
  ]);
}

function viewOf(
  ages: ReadonlyMap<string, Ages>,
  { olderThan: threshold = OLDER_THAN, lang = "en" }: NotebookChartOptions,
): { readonly facts: Facts; readonly words: Words } {
  const words = wordsFor(lang);
  const told = {
    parameters: { older_than: threshold },
    fields: fieldResults(ages, threshold),
    funnel: { valid: countStudents(allAges(ages)) },
  };
  return { facts: factsOf(told, words.mergedFields), words };
}

/** How many years a group of ages holds where a histogram is told in words. */
const YEARS = 5;

/** Returns the histogram in words: `DROIT (217): 15–19: 40, 20–24: 101, …`. */
function inWords({ name, valid, ages }: Facts["fields"][number], words: Words): string {
  const { whole } = words.numbers;
  const groups = new Map<number, number>();
  for (const { age, count } of ages) {
    const first = age - age % YEARS;
    groups.set(first, (groups.get(first) ?? 0) + count);
  }
  const counts = [...groups].toSorted(([a], [b]) => a - b)
    .map(([first, count]) => `${first}–${first + YEARS - 1}: ${whole(count)}`);
  return `${name} (${whole(valid)}): ${counts.join(", ")}`;
}
