/**
 * What the five notebooks must show: the same numbers as the report of the same input. The
 * same checks for every way of running them.
 */
import assert from "node:assert/strict";
import {
  agesIn,
  compareAges,
  countAge,
  keptAges,
  type Result,
  type Spec,
} from "../../lib/mod.ts";
import { CHART_TYPE, type MimeBundle } from "../../lib/notebook/bundle.ts";
import type { Cell, Notebook } from "../../lib/notebook/notebook.ts";
import type { ParameterValue } from "../../lib/notebook/parameters.ts";
import { tableHtml } from "../../lib/notebook/table.ts";
import { tableOf } from "../../lib/notebook/tables.ts";

/** A run of a notebook and the report of the same input. */
export interface Executed {
  readonly notebook: Notebook;
  readonly result: Result;
  /** What was given to it, by name. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

/** The notebooks with their checks. */
export const CONTENT: Readonly<Record<string, (shown: Shown) => void>> = {
  "01_explore": checkExplore,
  "02_data_quality": checkQuality,
  "03_age_by_field": checkComparison,
  "04_live": checkLive,
  "05_your_own_analysis": checkOwn,
};

/** Checks that every cell has run, nothing failed, and the numbers are those of the report. */
export function checkContent(name: string, executed: Executed): void {
  const code = executed.notebook.cells.filter((cell) => cell.cell_type === "code");
  assert.deepEqual(
    code.map((cell) => cell.execution_count),
    code.map((_, i) => i + 1),
    `${name}: every cell has run`,
  );
  const errors = code.flatMap((cell) => cell.outputs ?? [])
    .filter(({ output_type: type, name }) => type === "error" || name === "stderr");
  assert.deepEqual(errors, [], name);
  const shown = new Shown(code, executed);
  for (const spec of shown.charts) checkForms(spec);
  CONTENT[name]!(shown);
}

/** Everything that a run has shown. */
class Shown {
  readonly bundles: readonly MimeBundle[];
  readonly result: Result;
  readonly parameters: Executed["parameters"];

  constructor(cells: readonly Cell[], { result, parameters }: Executed) {
    this.bundles = cells.flatMap((cell) => cell.outputs ?? [])
      .map((output) => output["data"] as MimeBundle)
      // the kernel sends an empty result after what has shown itself
      .filter((data) => data !== undefined && Object.keys(data).length > 0);
    this.result = result;
    this.parameters = parameters;
  }

  get charts(): readonly MimeBundle[] {
    return this.bundles.filter((data) => CHART_TYPE in data);
  }

  get tables(): readonly string[] {
    return this.bundles.filter((data) => "text/html" in data)
      .map((data) => textOf(data["text/html"]));
  }

  get texts(): readonly string[] {
    return this.bundles.filter((data) => "text/markdown" in data)
      .map((data) => textOf(data["text/markdown"]));
  }

  /** Whether one of the tables is this value's. */
  hasTable(value: unknown): void {
    const { markup } = tableHtml(tableOf(value)!);
    assert.ok(
      this.tables.includes(markup),
      `no table is\n${markup}\n${this.tables.join("\n")}`,
    );
  }
}

/** Jupyter writes a long text as a list of lines or as one. */
function textOf(text: unknown): string {
  return [text].flat().join("");
}

/** A chart is there for viewers with Vega, with pictures, and with texts alone. */
function checkForms(data: MimeBundle): void {
  assert.deepEqual(Object.keys(data).toSorted(), [
    CHART_TYPE,
    "image/svg+xml",
    "text/plain",
  ]);
  assert.match(textOf(data["image/svg+xml"]), /<(path|line) /);
  assert.match(textOf(data["text/plain"]), /\n.*\d/);
}

/** Returns all rows that a chart holds, wherever they stand. */
function rowsOf(chart: unknown): readonly Spec[] {
  if (typeof chart !== "object" || chart === null) return [];
  if (Array.isArray(chart)) return chart.flatMap(rowsOf);
  const { data, usermeta: _narrow, ...rest } = chart as Spec & {
    readonly data?: { readonly values?: Spec[] };
  };
  return [...data?.values ?? [], ...Object.values(rest).flatMap(rowsOf)];
}

/** The ages of a field as `report.json` holds them. */
function agesOf({ fields }: Result): Map<string, Float64Array> {
  const ages = new Map<string, Float64Array>();
  for (const { field, ages: counts } of fields) {
    for (const [age, count] of Object.entries(counts)) {
      countAge(ages, field, Number(age));
      ages.get(field)![Number(age)] = count;
    }
  }
  return ages;
}

/** The averages of the overview are those of `report.json`, to the last digit. */
function checkAverages(chart: MimeBundle, { fields }: Result): void {
  const drawn = rowsOf(chart[CHART_TYPE]).filter((row) => "mean" in row && "name" in row);
  assert.deepEqual(
    new Map(drawn.map(({ name, mean }) => [name, mean])),
    new Map(
      fields.filter(({ count }) => count > 0)
        .toSorted((a, b) => b.mean! - a.mean!).map(({ field, mean }) => [field, mean]),
    ),
  );
}

function checkExplore(shown: Shown): void {
  const { result, tables, charts, texts } = shown;
  assert.equal(charts.length, 2);
  const more = new Intl.NumberFormat("en-GB").format(result.funnel.valid - 20);
  assert.match(tables[0]!, new RegExp(`<p>… and ${more} more</p>`));
  assert.equal(tables[0]!.match(/<tr>/g)!.length, 21);
  shown.hasTable(result.fields);
  const panels = (charts[0]![CHART_TYPE] as Spec)["concat"] as readonly Spec[];
  const bars = rowsOf(panels).filter((row) => "isKept" in row);
  const large = result.fields.map(({ ages }) =>
    Object.values(ages).reduce((sum, n) => sum + n, 0)
  ).filter((valid) => valid >= 5);
  assert.equal(panels.length, large.length);
  assert.equal(
    bars.reduce((sum, { count }) => sum + Number(count), 0),
    large.reduce((sum, valid) => sum + valid, 0),
  );
  checkAverages(charts[1]!, result);
  const { valid } = result.funnel;
  assert.match(
    texts[0]!,
    new RegExp(`^${valid} students in ${result.fields.length} fields`),
  );
}

function checkQuality(shown: Shown): void {
  const { result, charts, tables, texts } = shown;
  assert.equal(charts.length, 2);
  shown.hasTable(result.funnel);
  shown.hasTable(result.rejects);
  const bars = rowsOf(charts[0]![CHART_TYPE]).filter((row) => "from" in row);
  const { read, valid, kept } = result.funnel;
  assert.deepEqual([0, 3, 5].map((i) => bars[i]!["to"]), [read, valid, kept]);
  const reasons = rowsOf(charts[1]![CHART_TYPE]).filter((row) => "from" in row);
  assert.deepEqual(
    reasons.map(({ to }) => to),
    Object.values(result.rejects).sort((a, b) => b - a),
  );
  const examples = result.reject_examples.length;
  const rows = tables[2]!.match(/<tr>/g)!.length - 1;
  assert.equal(rows, Math.min(examples, 20));
  assert.match(texts[0]!, /^> Cannot read export\.csv: [^]*--columns/);
  const isOlder = (age: number) => age > result.parameters.older_than;
  const mapped = [23, 31].filter(isOlder).length;
  shown.hasTable({
    read: 3,
    blank: 0,
    rejected: 1,
    valid: 2,
    filtered: 2 - mapped,
    kept: mapped,
  });
  shown.hasTable({ one_word_name: 1 });
}

function checkComparison(shown: Shown): void {
  const { result, charts, texts, parameters } = shown;
  assert.equal(charts.length, 2);
  shown.hasTable(result.fields);
  checkAverages(charts[0]!, result);
  const ages = keptAges(agesOf(result), result.parameters.older_than);
  const field = (name: string, standard: string) =>
    agesIn(ages, String(parameters.get(name) ?? standard));
  const [a, b] = [field("fieldA", "MÉDECINE"), field("fieldB", "COMPUTER SCIENCE")];
  const confidence = Number(parameters.get("confidence") ?? 0.95);
  const comparison = compareAges(a, b, { confidence });
  shown.hasTable(comparison);
  const { low, high, difference } = comparison;
  assert.ok(texts[0]!.includes(`${Math.abs(difference).toFixed(1)} years`), texts[0]!);
  assert.equal(texts[0]!.includes("it holds 0"), low <= 0 && high >= 0);
  const trials = rowsOf(charts[1]![CHART_TYPE]).filter((row) => "size" in row);
  assert.ok(trials.length >= 3, `${trials.length} sizes`);
  const widths = trials.map((row) => Number(row["high"]) - Number(row["low"]));
  assert.ok(widths.at(-1)! < widths[0]!, "larger groups give shorter intervals");
}

function checkLive(shown: Shown): void {
  const { result, charts } = shown;
  assert.equal(charts.length, 1, "one chart, that changed in its place");
  const points = rowsOf(charts[0]![CHART_TYPE]);
  const looks = shown.parameters.get("source") === "store" ? 1 : 4;
  assert.ok(points.length >= 3 * looks, `${points.length} points`);
  const last = points.filter(({ students }) => students === result.funnel.kept);
  const means = new Map(result.fields.map(({ field, mean }) => [field, mean]));
  assert.ok(last.length >= 3);
  for (const { field, average } of last) {
    assert.equal(average, means.get(String(field)));
  }
  shown.hasTable(result.fields);
}

function checkOwn(shown: Shown): void {
  const { result, charts } = shown;
  assert.equal(charts.length, 1);
  const report: Result = JSON.parse(
    Deno.readTextFileSync(`${shown.parameters.get("report")}/report.json`),
  );
  const { read, valid, rejected } = result.funnel;
  const { funnel, fields } = report;
  assert.deepEqual(
    [funnel.read, funnel.valid, funnel.rejected],
    [read + 4, valid + 3, rejected + 1],
  );
  assert.equal(
    report.parameters.lang,
    "fr",
    "the parameter of the notebook reaches the report",
  );
  shown.hasTable(funnel);
  shown.hasTable(fields);
  const shares = new Map(
    rowsOf(charts[0]![CHART_TYPE]).map(({ field, share }) => [field, share]),
  );
  for (const [field, counts] of agesOf(report)) {
    const all = counts.reduce((sum, n) => sum + n, 0);
    const older = counts.slice(31).reduce((sum, n) => sum + n, 0);
    assert.equal(shares.get(field), all < 5 ? undefined : older / all, field);
  }
}
