/**
 * What stands beside the marks of the overview: names, averages and counts as text, and the
 * see-through areas that carry the tips.
 */
import { isolate, NARROW, type Spec } from "./base.ts";
import type { OverviewOptions, Row } from "./rows.ts";
import type { KeptField } from "../facts.ts";
import { LIGHT } from "../theme.ts";

/** Room for the averages in numbers at the right, and for the counts beside them. */
export const NUMBERS = { mean: 48, count: 64 };
/** Already in pixels: no scale. */
export const PIXELS = { field: "y", type: "quantitative", scale: null, axis: null };

/** The names; over a grid they get an edge in the colour of the paper. */
export function labelTexts(
  rows: readonly Row[],
  options: OverviewOptions,
  left: number,
): readonly Spec[] {
  const { width, theme = LIGHT } = options;
  const isNarrow = width < NARROW;
  const texts = (mark: Spec): Spec => ({
    data: {
      values: rows.flatMap(({ field: { name }, label }) =>
        label.map((line) => ({ ...line, name }))
      ),
    },
    mark: {
      type: "text",
      align: isNarrow ? "left" : "right",
      baseline: "middle",
      ...mark,
    },
    encoding: {
      text: { field: "text", type: "nominal" },
      x: { value: isNarrow ? -left : -12 },
      y: PIXELS,
    },
  });
  return isNarrow
    ? [texts({ stroke: theme.paper, strokeWidth: 4, color: theme.paper }), texts({})]
    : [texts({})];
}

/** The averages and, where there is room, the numbers of students, under their names. */
export function numberTexts(
  rows: readonly Row[],
  options: OverviewOptions,
  plot: number,
): readonly Spec[] {
  const { words, theme = LIGHT, width } = options;
  const column = (x: number, mark: Spec, text: (field: KeptField) => string): Spec => ({
    data: {
      values: rows.map(({ field, y }) => ({ text: text(field), y, name: field.name })),
    },
    mark: { type: "text", align: "right", baseline: "middle", ...mark },
    encoding: { text: { field: "text", type: "nominal" }, x: { value: x }, y: PIXELS },
  });
  const heading = (x: number, text: string): Spec => ({
    data: { values: [{ text }] },
    mark: { type: "text", align: "right", baseline: "bottom", color: theme.muted },
    encoding: {
      text: { field: "text", type: "nominal" },
      x: { value: x },
      y: { value: -6 },
    },
  });
  const means = column(
    plot + NUMBERS.mean,
    { fontWeight: 600 },
    (field) => words.numbers.years(field.mean),
  );
  if (width < NARROW) return [means];
  const end = plot + NUMBERS.mean + NUMBERS.count;
  return [
    means,
    column(end, { color: theme.muted }, (field) => words.numbers.whole(field.count)),
    heading(plot + NUMBERS.mean, words.averageShort),
    heading(end, words.students),
  ];
}

/** A see-through area over each row that carries its tip. */
export function hitAreas(
  rows: readonly Row[],
  options: OverviewOptions,
  plot: number,
): Spec {
  const values = rows.map(({ field, top, bottom }) => ({
    y: top,
    bottom,
    name: field.name,
    tip: options.words.fieldTip({ ...field, name: isolate(field.name) }),
  }));
  return {
    data: { values },
    mark: { type: "rect", color: "transparent", aria: true },
    encoding: {
      x: { value: 0 },
      x2: { value: plot },
      y: PIXELS,
      y2: { field: "bottom" },
      description: { field: "tip", type: "nominal" },
      tooltip: { field: "tip", type: "nominal" },
    },
  };
}
