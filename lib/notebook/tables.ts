/**
 * What a notebook shows as a table: students, rejects, ages, statistics, the funnel, a
 * comparison.
 */
import type { Ages } from "../analyse/ages.ts";
import type { Comparison } from "../analyse/compare.ts";
import type { Funnel } from "../analyse/funnel.ts";
import { type Statistics, statistics } from "../analyse/statistics.ts";
import { printable } from "../printable.ts";
import { wordsFor } from "../report/words/words.ts";
import { MAX_AGE } from "../transform/rules.ts";
import { type Reason, REASONS, type Reject, type Student } from "../transform/types.ts";
import type { Column, Table } from "./table.ts";

/** How many rows a table shows; a notebook is for looking, the CSV has them all. */
const MOST_ROWS = 20;
/** And how many fields: they are what is looked for. */
const MOST_FIELDS = 200;

const { numbers, ...words } = wordsFor("en");

/** Returns the value as a table; nothing where it is none of those above. */
export function tableOf(value: unknown): Table | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return listTable(value);
  if (value instanceof Map) return mapTable(value);
  if (isAges(value)) return agesTable(value);
  if (isStatistics(value)) return statisticsTable([["", value]]);
  if (isFunnel(value)) return funnelTable(value);
  if (isComparison(value)) return comparisonTable(value);
  return isReasons(value) ? reasonsTable(value) : undefined;
}

function listTable(list: readonly unknown[]): Table | undefined {
  if (list.length === 0) return undefined;
  if (list.every(isStudent)) return studentsTable(list);
  if (list.every(isReject)) return rejectsTable(list);
  return list.every(isField)
    ? statisticsTable(list.map((one) => [one.field, one]))
    : undefined;
}

function mapTable(map: ReadonlyMap<unknown, unknown>): Table | undefined {
  const entries = [...map];
  if (entries.length === 0) return undefined;
  const named = entries.map(([name, value]) => [String(name), value] as const);
  if (entries.every(([, value]) => isAges(value))) {
    return statisticsTable(named.map(([name, ages]) => [name, statistics(ages as Ages)]));
  }
  return entries.every(([, value]) => isStatistics(value))
    ? statisticsTable(named as readonly (readonly [string, Statistics])[])
    : undefined;
}

function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  most = MOST_ROWS,
): Table {
  const more = Math.max(0, rows.length - most);
  return { columns, rows: rows.slice(0, most), more };
}

const text = (name: string): Column => ({ name });
const number = (name: string): Column => ({ name, isNumber: true });

function studentsTable(students: readonly Student[]): Table {
  return table(
    [text("First name"), text("Last name"), number("Age"), text(words.field)],
    students.map(({ first, last, age, field }) => [first, last, String(age), field]),
  );
}

function rejectsTable(rejects: readonly Reject[]): Table {
  const utf8 = new TextDecoder();
  return table(
    [text("Where"), text("Reason"), text("Record as it was read")],
    rejects.map(({ position: { source, partition, offset }, reason, raw }) => [
      `${[source, partition].filter((part) => part !== undefined).join("/")}:${offset}`,
      reason,
      printable(utf8.decode(raw)),
    ]),
  );
}

function statisticsTable(groups: readonly (readonly [string, Statistics])[]): Table {
  const years = (age: number | null): string => age === null ? "–" : numbers.years(age);
  const age = (age: number | null): string => age === null ? "–" : numbers.age(age);
  const isNamed = groups.some(([name]) => name !== "");
  return table(
    [
      ...isNamed ? [text(words.field)] : [],
      number(words.students),
      number(words.average),
      number(words.median),
      number(words.min),
      number(words.max),
      number(words.q1),
      number(words.q3),
    ],
    groups.map(([name, { count, mean, median, min, max, q1, q3 }]) => [
      ...isNamed ? [name] : [],
      numbers.whole(count),
      years(mean),
      age(median),
      age(min),
      age(max),
      years(q1),
      years(q3),
    ]),
    MOST_FIELDS,
  );
}

function agesTable(ages: Ages): Table {
  const counted = [...ages.entries()].filter(([, count]) => count > 0);
  return table(
    [number("Age"), number(words.students)],
    counted.map(([age, count]) => [String(age), numbers.whole(count)]),
  );
}

const STEPS = ["read", "blank", "rejected", "valid", "filtered", "kept"] as const;

function funnelTable(funnel: Funnel): Table {
  const share = (count: number): string =>
    funnel.read === 0 ? "–" : numbers.percent(count / funnel.read);
  return table(
    [text(words.step), number(words.records), number(words.share)],
    STEPS.map((
      step,
    ) => [words[step], numbers.whole(funnel[step]), share(funnel[step])]),
  );
}

function reasonsTable(reasons: Readonly<Partial<Record<Reason, number>>>): Table {
  const entries = Object.entries(reasons) as [Reason, number][];
  return table(
    [text("Reason"), number(words.records), text(words.meaning)],
    entries.sort(([, a], [, b]) => b - a).map((
      [reason, count],
    ) => [reason, numbers.whole(count), words.reasons[reason].why]),
  );
}

function comparisonTable(comparison: Comparison): Table {
  const { difference, low, high, confidence, effect, detectable } = comparison;
  const { exact, percent } = numbers;
  return table([text("Comparison of two averages"), number("Value")], [
    ["Difference, in years", exact(difference)],
    [
      `${percent(confidence)} interval of the difference (Welch)`,
      `${exact(low)} to ${exact(high)}`,
    ],
    ["Effect size (Hedges’ g), in standard deviations", exact(effect)],
    [
      "Smallest difference that groups of this size would show 4 times in 5",
      exact(detectable),
    ],
  ]);
}

/** Returns whether the value is an object with all these members. */
function has(value: unknown, ...keys: readonly string[]): boolean {
  return typeof value === "object" && value !== null &&
    keys.every((key) => Object.hasOwn(value, key));
}

const isStudent = (value: unknown): value is Student =>
  has(value, "first", "last", "age", "field");
const isReject = (value: unknown): value is Reject =>
  has(value, "position", "reason", "raw");
const isAges = (value: unknown): value is Ages =>
  value instanceof Float64Array && value.length === MAX_AGE + 1;
const isStatistics = (value: unknown): value is Statistics =>
  has(value, "count", "mean", "median", "min", "max", "q1", "q3");
const isField = (value: unknown): value is Statistics & { readonly field: string } =>
  isStatistics(value) && has(value, "field");
const isFunnel = (value: unknown): value is Funnel => has(value, ...STEPS);
const isComparison = (value: unknown): value is Comparison =>
  has(value, "difference", "low", "high", "confidence", "effect", "detectable");
const isReasons = (value: unknown): value is Partial<Record<Reason, number>> => {
  const keys = Object.keys(value as object);
  return keys.length > 0 && keys.every((key) => REASONS.some((one) => one === key));
};
