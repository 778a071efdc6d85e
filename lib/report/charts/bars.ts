/**
 * Bars as a Vega-Lite spec: the funnel and the rejects by reason. Label and number stand
 * above each bar, so that the chart is as readable on a phone as on paper.
 */
import type { Reason } from "../../transform/types.ts";
import { chart, type ChartOptions, FONT_SIZE, type Spec } from "./base.ts";
import type { Result } from "../result.ts";
import { breakLines } from "./text_width.ts";
import { LIGHT, type Theme } from "../theme.ts";
import type { Words } from "../words/words.ts";

/** One bar. */
export interface Bar {
  readonly label: string;
  /** Where it begins and ends, in records. */
  readonly from: number;
  readonly to: number;
  /** Whether the records stay or are lost, and how. */
  readonly kind: "stays" | "refused" | "left out";
  /** Whether the number is written as a loss, with a minus. */
  readonly isLoss?: true;
}

/** The height of a bar with its label, in pixels. */
const ROW = 40;
/** Room for a number and its share at the right, in pixels. */
const NUMBER = 120;

/** Returns the funnel as bars: what is lost at each step begins where the step ends. */
export function funnelBars(funnel: Result["funnel"], words: Words): readonly Bar[] {
  const { read, blank, rejected, valid, filtered, kept } = funnel;
  const stays = (label: string, to: number): Bar => ({
    label,
    from: 0,
    to,
    kind: "stays",
  });
  return [
    stays(words.read, read),
    loss(words.blank, read - blank, blank, "left out"),
    loss(words.rejected, valid, rejected, "refused"),
    stays(words.valid, valid),
    loss(words.filtered, kept, filtered, "left out"),
    stays(words.kept, kept),
  ];
}

function loss(label: string, from: number, lost: number, kind: Bar["kind"]): Bar {
  return { label, from, to: from + lost, kind, isLoss: true };
}

/** Returns the rejects as bars, the most frequent reason first. */
export function rejectBars(rejects: Result["rejects"], words: Words): readonly Bar[] {
  return (Object.entries(rejects) as [Reason, number][])
    .sort(([, a], [, b]) => b - a) // stable: equal ones stay in the order of the rules
    .map(([reason, to]) => ({
      label: words.reasons[reason].name,
      from: 0,
      to,
      kind: "refused" as const,
    }));
}

/** Returns the chart of bars; `of` is what a share is a share of. */
export function barChart(
  bars: readonly Bar[],
  options: ChartOptions & { readonly of: number },
): Spec {
  const { width, words, of, theme = LIGHT } = options;
  const size = {
    width,
    height: bars.length * ROW,
    padding: { left: 1, right: 1, top: 0, bottom: 0 },
  };
  const longest = Math.max(...bars.map((bar) => bar.to), 1);
  const rows = bars.map((bar, i) => {
    const count = bar.to - bar.from;
    return {
      label: breakLines(bar.label, {
        width: width - NUMBER,
        fontSize: FONT_SIZE,
        lines: 1,
      })[0]!,
      text: numberText(bar, options),
      from: bar.from,
      to: bar.to,
      color: theme[COLOURS[bar.kind]],
      y: i * ROW + 11,
      top: i * ROW + 20,
      bottom: i * ROW + 30,
      tip: words.barTip(bar.label, count, of === 0 ? 0 : count / of),
    };
  });
  return chart(size, options, {
    data: { values: rows },
    layer: [
      barMarks(longest, theme, width - 2),
      texts("label", 0, "left", {}),
      texts("text", width - 2, "right", { fontWeight: 600 }),
    ],
  });
}

const COLOURS = { stays: "main", refused: "accent", "left out": "grey" } as const;

function numberText(
  bar: Bar,
  { words, of }: ChartOptions & { readonly of: number },
): string {
  const { whole, percent } = words.numbers;
  const count = bar.to - bar.from;
  const sign = bar.isLoss && count > 0 ? "−" : "";
  return `${sign}${whole(count)} (${percent(of === 0 ? 0 : count / of)})`;
}

function barMarks(longest: number, theme: Theme, width: number): Spec {
  const pixels = (field: string): Spec => ({
    field,
    type: "quantitative",
    scale: null,
    axis: null,
  });
  return {
    layer: [
      {
        mark: { type: "rect", color: theme.card },
        encoding: {
          x: { value: 0 },
          x2: { value: width },
          y: pixels("top"),
          y2: { field: "bottom" },
        },
      },
      {
        mark: { type: "rect", aria: true },
        encoding: {
          x: {
            field: "from",
            type: "quantitative",
            scale: { domain: [0, longest], nice: false },
            axis: null,
          },
          x2: { field: "to" },
          y: pixels("top"),
          y2: { field: "bottom" },
          color: { field: "color", type: "nominal", scale: null, legend: null },
          description: { field: "tip", type: "nominal" },
          tooltip: { field: "tip", type: "nominal" },
        },
      },
    ],
  };
}

function texts(field: string, x: number, align: string, mark: Spec): Spec {
  return {
    mark: { type: "text", align, baseline: "bottom", dy: 4, ...mark },
    encoding: {
      x: { value: x },
      y: { field: "y", type: "quantitative", scale: null, axis: null },
      text: { field, type: "nominal" },
    },
  };
}
