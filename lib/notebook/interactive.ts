/**
 * What a notebook adds to the charts of the report: a click picks a field, a brush over ages
 * counts who is in it. The rows and the marks stay those of the report.
 */
import { FONT_SIZE, type Spec } from "../report/charts/base.ts";
import { breakLines } from "../report/charts/text_width.ts";
import { LIGHT } from "../report/theme.ts";

/** What is not picked or brushed stays visible, but steps back. */
const FAINT = 0.25;

type Layer = Spec & { readonly encoding?: Spec; readonly data?: Spec };

function layersOf(spec: Spec): readonly Layer[] {
  return (spec.layer ?? []) as readonly Layer[];
}

function rowsOf({ data }: Layer): readonly Spec[] {
  return (data?.values ?? []) as readonly Spec[];
}

/** Returns the layer with marks that step back unless they are picked or brushed. */
function dimmed(layer: Layer, param: string): Layer {
  const opacity = { condition: { param, value: 1 }, value: FAINT };
  return { ...layer, encoding: { ...layer.encoding, opacity } };
}

/**
 * Returns the overview in which a click picks a field, with Shift several, and a double
 * click lets all go.
 */
export function withPick(overview: Spec): Spec {
  const layers = layersOf(overview);
  const isRow = (layer: Layer): boolean => rowsOf(layer).some((row) => "name" in row);
  const select = { type: "point", fields: ["name"], clear: "dblclick" };
  return {
    ...overview,
    layer: layers.map((layer, i) => {
      const shown = isRow(layer) ? dimmed(layer, "field") : layer;
      // the see-through areas on top take the clicks
      return i === layers.length - 1
        ? { ...shown, params: [{ name: "field", select }] }
        : shown;
    }),
  };
}

/** A histogram with the name that stands above it. */
export interface Panel {
  readonly title: string;
  readonly chart: Spec;
}

/**
 * Returns the histograms side by side under one brush: dragging over the ages of one marks
 * the same ages in all, and the number of students there stands in each.
 */
export function withBrush(panels: readonly Panel[], columns: number): Spec {
  const [first] = panels;
  const { $schema, config, background } = first?.chart ?? {};
  const select = { type: "interval", encodings: ["x"] };
  const views = panels.map((_, i) => `ages_${i}`);
  return {
    $schema,
    config,
    background,
    columns,
    spacing: 16,
    concat: panels.map(panelOf),
    params: [{ name: "ages", select, views }],
  };
}

function panelOf({ title, chart }: Panel, index: number): Spec {
  const { width, height } = chart;
  const layers = layersOf(chart);
  const isBars = (layer: Layer): boolean => rowsOf(layer).some((row) => "count" in row);
  const bars = layers.findLast(isBars) ?? layers[0];
  return {
    title: {
      // bold type is wider than it is measured, and the labels of the axis leave some room
      text: breakLines(title, { width: Number(width), fontSize: FONT_SIZE, lines: 3 }),
      anchor: "start",
      frame: "bounds",
      fontSize: 11,
      color: LIGHT.ink,
    },
    width,
    height,
    layer: [
      ...layers.map((layer) => ({
        ...isBars(layer) ? dimmed(layer, "ages") : layer,
        ...layer === bars && { name: `ages_${index}` },
      })),
      countOf(layers.filter(isBars).flatMap(rowsOf)),
    ],
  };
}

/** How many students the brush holds, at the top right. */
function countOf(rows: readonly Spec[]): Spec {
  return {
    data: { values: rows.map(({ from, count }) => ({ from, count })) },
    transform: [
      { filter: { param: "ages" } },
      { aggregate: [{ op: "sum", field: "count", as: "students" }] },
    ],
    mark: {
      type: "text",
      align: "right",
      baseline: "top",
      fontSize: 11,
      color: LIGHT.muted,
    },
    encoding: {
      text: { field: "students", type: "quantitative", format: ",d" },
      x: { value: "width" },
      y: { value: 0 },
    },
  };
}
