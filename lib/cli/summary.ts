/**
 * What a run tells at its end: the funnel, the fields, where the files are, what to look at.
 */
import type { FieldResult, Result } from "../report/result.ts";
import { formatRange } from "../report/ranges.ts";
import { printable } from "./effects.ts";

/** What the summary needs beside the result. */
export interface SummaryOptions {
  readonly out: string;
  /** What was written into it. */
  readonly files: readonly string[];
  readonly seconds: number;
  /** Whether it goes without bold type. */
  readonly isPlain: boolean;
}

/** How many fields and reasons the summary shows; the files have them all. */
const MOST_FIELDS = 30;
const MOST_REASONS = 4;

const number = new Intl.NumberFormat("en-GB");
const years = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("en-GB", {
  style: "percent",
  maximumFractionDigits: 1,
});

const noun = (count: number, one: string): string => count === 1 ? one : `${one}s`;

/** Returns the summary of a run for a person. */
export function formatSummary(result: Result, options: SummaryOptions): string {
  const { out, files, seconds, isPlain } = options;
  const bold = (text: string): string => isPlain ? text : `\x1b[1m${text}\x1b[22m`;
  return [
    ...funnelLines(result),
    "",
    ...fieldLines(result, bold),
    "",
    `${formatFiles(out, files)}Done in ${seconds.toFixed(2)} s`,
    "",
  ].join("\n");
}

/** Returns the list of the files that were written. */
export function formatFiles(out: string, files: readonly string[]): string {
  const folder = printable(out.replace(/(?<=.)[/\\]+$/, ""));
  return ["Written:", ...files.map((file) => `  ${folder}/${file}`), ""].join("\n");
}

function funnelLines({ funnel, inputs, rejects, parameters }: Result): string[] {
  const from = inputs.length === 1
    ? printable(inputs[0]!.source)
    : `${number.format(inputs.length)} inputs`;
  const share = funnel.read === 0
    ? ""
    : ` (${percent.format(funnel.rejected / funnel.read)})`;
  const reasons = Object.entries(rejects).sort(([, a], [, b]) => b - a);
  const named = reasons.slice(0, MOST_REASONS)
    .map(([reason, count]) => `${reason} ${number.format(count)}`);
  const more = reasons.length - named.length;
  if (more > 0) named.push(`${more} more ${noun(more, "reason")}`);
  const why = named.length === 0 ? "" : `${share}: ${named.join(", ")}`;
  const lines: readonly (readonly [string, number, string])[] = [
    ["Read", funnel.read, ` ${noun(funnel.read, "record")} from ${from}`],
    ["Blank", funnel.blank, ""],
    ["Rejected", funnel.rejected, why],
    ["Filtered", funnel.filtered, ` (not older than ${parameters.older_than})`],
    ["Kept", funnel.kept, ""],
  ];
  const width = number.format(funnel.read).length;
  return [
    ...lines.map(([word, count, note]) =>
      `${word.padEnd(9)} ${number.format(count).padStart(width)}${note}`
    ),
    ...coverageLines(inputs),
  ];
}

/** Which messages the stores hold, a line each. */
function coverageLines(inputs: Result["inputs"]): string[] {
  const covered = inputs.filter(({ ranges }) => ranges !== undefined);
  return covered.map(({ source, topic, ranges }) => {
    const shown = ranges!.map((range) => formatRange(topic ?? "", range));
    const what = shown.length === 0 ? "no messages yet" : shown.join(", ");
    return printable(`${covered.length > 1 ? `${source}: ` : ""}${what}`);
  }).map((line, i) => `${(i === 0 ? "Messages" : "").padEnd(9)} ${line}`);
}

/** The field's name stands last, so that no script or width of letters bends the columns. */
function fieldLines(result: Result, bold: (text: string) => string): string[] {
  const widest = [...result.fields].sort((a, b) => b.count - a.count).slice(
    0,
    MOST_FIELDS,
  );
  const row = (cells: readonly string[], name: string): string =>
    `${cells.map((cell) => cell.padStart(9)).join("")}  ${name}`;
  const numbers = (
    { count, mean, median, min, max }: Omit<FieldResult, "field" | "ages">,
  ) => [
    number.format(count),
    ...[mean, median, min, max].map((value) =>
      value === null ? "–" : years.format(value)
    ),
  ];
  const more = result.fields.length - widest.length;
  return [
    bold(row(["Students", "Average", "Median", "Lowest", "Highest"], "Field")),
    ...widest.map((field) => row(numbers(field), printable(field.field))),
    ...(more > 0
      ? [row([], `… and ${number.format(more)} more ${noun(more, "field")}`)]
      : []),
    bold(row(numbers(result.overall), "All fields")),
  ];
}

/** Returns who did the work, for `--debug`. */
export function formatEngine({ run, funnel }: Result): string {
  const records = `${number.format(run.by_text ?? 0)} of ${number.format(funnel.read)}`;
  return `engine: ${run.engine}; ${records} records by the rules as text\n`;
}

/** From this share of the records on, refused ones mean that something is wrong as a whole. */
const MANY = 0.01;

/** Returns what a careful user should look at. */
export function warningsOf({ inputs, funnel, rejects, parameters }: Result): string[] {
  const records = funnel.read - funnel.blank;
  const warnings = inputs.filter(({ records }) => records === 0)
    .map(({ source }) => `${source} has no records`);
  const notUtf8 = rejects.invalid_utf8 ?? 0;
  const isText = inputs.every(({ ranges }) => ranges === undefined);
  if (
    isText && notUtf8 > 1 && notUtf8 >= MANY * records &&
    parameters.encoding === undefined
  ) {
    warnings.push(
      `${
        number.format(notUtf8)
      } records are not valid UTF-8: is the file Latin-1? Try --encoding latin1`,
    );
  }
  const cells = rejects.field_count ?? 0;
  if (isText && cells > 0 && funnel.valid === 0 && cells >= records / 2) {
    warnings.push(
      "No record has the expected cells: name the columns with --columns, or the --delimiter",
    );
  }
  return warnings;
}
