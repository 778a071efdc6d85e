/**
 * Where the rows of the overview are: names beside their marks on a wide chart, above them
 * on a narrow one.
 */
import { type ChartOptions, FONT_SIZE, type Scale } from "./base.ts";
import type { KeptField } from "../facts.ts";
import { breakLines, textWidth } from "./text_width.ts";

/** The height of a line of text, in pixels. */
const LINE = 15;

/** What the overview needs besides the fields. */
export interface OverviewOptions extends ChartOptions {
  /** The ages on the axis; marks beyond it end there with an arrow and their age. */
  readonly scale: Scale;
  /** The average of all kept students, drawn as a dashed line. */
  readonly overall: number;
}

/** A field with its place in the chart, in pixels from the top. */
export interface Row {
  readonly field: KeptField;
  /** Where the marks are. */
  readonly y: number;
  /** Where the row begins and ends. */
  readonly top: number;
  readonly bottom: number;
  /** The name, broken into lines, and where each is. */
  readonly label: readonly { readonly text: string; readonly y: number }[];
}

/** Returns the room that the names need at the left of a wide chart, in pixels. */
export function labelWidth(labels: readonly string[], width: number): number {
  const widest = Math.max(...labels.map((label) => textWidth(label, FONT_SIZE)));
  return Math.ceil(Math.min(Math.max(widest, 60), width * 0.34)) + 12;
}

/** Returns rows in which the name stands at the left of the marks. */
export function besideRows(
  fields: readonly KeptField[],
  labels: readonly string[],
  width: number,
): readonly Row[] {
  let top = 0;
  return fields.map((field, i) => {
    const lines = breakLines(labels[i]!, { width, fontSize: FONT_SIZE, lines: 2 });
    const height = lines.length === 1 ? 26 : 38;
    const y = top + height / 2;
    const first = y - (lines.length - 1) * LINE / 2;
    const label = lines.map((text, line) => ({ text, y: first + line * LINE }));
    const row = { field, y, top, bottom: top + height, label };
    top += height;
    return row;
  });
}

/** Returns rows in which the name stands above the marks. */
export function stackedRows(
  fields: readonly KeptField[],
  labels: readonly string[],
  width: number,
): readonly Row[] {
  let top = 0;
  return fields.map((field, i) => {
    const lines = breakLines(labels[i]!, { width, fontSize: FONT_SIZE, lines: 2 });
    const label = lines.map((text, line) => ({ text, y: top + 10 + line * LINE }));
    const y = top + 10 + lines.length * LINE + 3;
    const row = { field, y, top, bottom: y + 16, label };
    top = row.bottom;
    return row;
  });
}
