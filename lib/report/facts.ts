/**
 * What the page says of a result in words: the fields in the order of their averages, which
 * of them may be compared, and how much of the differences lies between them.
 */
import type { FieldResult, Result } from "./result.ts";

/** Fields of fewer students are neither compared nor drawn as a distribution. */
export const FEW = 5;

/** A field as the page shows it: its statistics and its ages in order. */
export interface Field {
  /** The field's name; of the merged group a text in the page's language. */
  readonly name: string;
  /** Whether small fields stand together here; such a group is not compared. */
  readonly isMerged: boolean;
  /** How many kept students. */
  readonly count: number;
  /** In years; null where none was kept, as the following five. */
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly median: number | null;
  readonly q1: number | null;
  readonly q3: number | null;
  /** Valid students, kept or not. */
  readonly valid: number;
  /** How many valid students have each age, by age; ages that nobody has are left out. */
  readonly ages: readonly AgeCount[];
}

/** How many students have an age. */
export interface AgeCount {
  /** In whole years. */
  readonly age: number;
  /** At least 1. */
  readonly count: number;
  /** Whether the threshold keeps this age. */
  readonly isKept: boolean;
}

/** A field of which at least one student was kept: all its statistics are numbers. */
export interface KeptField extends Field {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/** What is worth saying. */
export interface Facts {
  /** All fields: by average age, oldest first, and those of whom none was kept at the end. */
  readonly fields: readonly Field[];
  /** Those of `fields` of whom at least one student was kept. */
  readonly kept: readonly KeptField[];
  /** Those of `kept` that have at least {@linkcode FEW} kept students. */
  readonly compared: readonly KeptField[];
  /** How many single fields have too few kept students to be compared, but one at least. */
  readonly few: number;
  /** How many fields were read, those in the merged group included. */
  readonly fieldCount: number;
  /** How many of them have a kept student, as far as that is known. */
  readonly keptFields: number;
  /** The difference between the first and the last of `compared`; absent below two. */
  readonly gap?: number;
  /** Share of the variance of all kept ages that lies between the fields (η²), 0 to 1. */
  readonly between?: number;
  /** The average age of all valid students; absent where the filtered are not known. */
  readonly meanOfValid?: number;
}

/** What of a result the facts come from. */
export interface Told {
  readonly parameters: Pick<Result["parameters"], "older_than">;
  readonly fields: Result["fields"];
  readonly funnel: Pick<Result["funnel"], "valid">;
}

/** Returns the facts of a result; `merged` names the group of small fields. */
export function factsOf(result: Told, merged: (fields: number) => string): Facts {
  const threshold = result.parameters.older_than;
  const fields = result.fields.map((field) => fieldOf(field, threshold, merged))
    .sort((a, b) => (b.mean ?? -1) - (a.mean ?? -1)); // stable: equal ones stay by name
  const kept = fields.filter(isKeptField);
  const compared = kept.filter((field) => field.count >= FEW && !field.isMerged);
  return {
    fields,
    kept,
    compared,
    few: kept.filter((field) => field.count < FEW && !field.isMerged).length,
    keptFields: result.fields.filter(({ count }) => count > 0)
      .reduce((sum, field) => sum + (field.merged ?? 1), 0),
    fieldCount: result.fields.reduce((sum, field) => sum + (field.merged ?? 1), 0),
    ...(compared.length > 1 && { gap: compared[0]!.mean - compared.at(-1)!.mean }),
    ...shareBetween(kept),
    ...meanOfValid(result, fields),
  };
}

/**
 * Returns the youngest age that at least a share of the students have not passed.
 *
 * @param share From 0 to 1, of all the students in the counts.
 */
export function ageAt(counts: readonly AgeCount[], share: number): number {
  const sorted = counts.toSorted((a, b) => a.age - b.age);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  return sorted.find(({ count }) => (passed += count) >= share * total)?.age ?? 0;
}

function fieldOf(
  field: FieldResult,
  threshold: number,
  merged: (fields: number) => string,
): Field {
  const ages = Object.entries(field.ages)
    .map(([age, count]) => ({ age: Number(age), count, isKept: Number(age) > threshold }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.age - b.age);
  return {
    ...field,
    name: field.merged === undefined ? field.field : merged(field.merged),
    isMerged: field.merged !== undefined,
    valid: ages.reduce((sum, { count }) => sum + count, 0),
    ages,
  };
}

function isKeptField(field: Field): field is KeptField {
  return field.count > 0 && field.mean !== null;
}

/** Returns the sum of squares between the fields over the whole sum of squares. */
function shareBetween(fields: readonly KeptField[]): Pick<Facts, "between"> {
  const ages = fields.flatMap((field) => field.ages.filter(({ isKept }) => isKept));
  const total = fields.reduce((sum, field) => sum + field.count, 0);
  const mean = fields.reduce((sum, field) => sum + field.mean * field.count, 0) / total;
  const whole = ages.reduce((sum, { age, count }) => sum + count * (age - mean) ** 2, 0);
  if (fields.length < 2 || whole === 0) return {};
  const between = fields.reduce((sum, f) => sum + f.count * (f.mean - mean) ** 2, 0);
  return { between: Math.min(between / whole, 1) };
}

function meanOfValid(
  result: Told,
  fields: readonly Field[],
): Pick<Facts, "meanOfValid"> {
  const ages = fields.flatMap((field) => field.ages);
  const valid = ages.reduce((sum, { count }) => sum + count, 0);
  if (valid === 0 || valid !== result.funnel.valid) return {};
  return {
    meanOfValid: ages.reduce((sum, { age, count }) => sum + age * count, 0) / valid,
  };
}
