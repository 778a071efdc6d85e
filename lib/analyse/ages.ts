/**
 * Exact histograms of ages by field. They merge by adding, so that two runs, threads,
 * partitions or machines give the same numbers as one.
 */
import { MAX_AGE } from "../transform/rules.ts";

/** How many students there are of each age: 151 counts, at the index of the age in years. */
export type Ages = Float64Array; // exact to 2^53, where 32 bits would end at 4 billion

/** The ages of each field of study, under its normalised name. */
export type AgesByField = Map<string, Ages>;

const AGE_COUNTS = MAX_AGE + 1;
/** How many histograms share memory: one of its own costs each more than to be counted. */
const PER_BUFFER = 32;
let buffer = new Float64Array(0);

/** Returns a histogram in which nobody is counted. */
export function noAges(): Ages {
  if (buffer.length === 0) buffer = new Float64Array(PER_BUFFER * AGE_COUNTS);
  const ages = buffer.subarray(0, AGE_COUNTS);
  buffer = buffer.subarray(AGE_COUNTS);
  return ages;
}

/**
 * Counts one more student of that age in the field.
 *
 * @param weight What the student counts: -1 takes one back.
 */
export function countAge(
  ages: AgesByField,
  field: string,
  age: number,
  weight = 1,
): void {
  let counts = ages.get(field);
  if (counts === undefined) ages.set(field, counts = noAges());
  counts[age]! += weight;
}

/** Adds each count of `from` to `into`, field by field. */
export function mergeAges(into: AgesByField, from: ReadonlyMap<string, Ages>): void {
  for (const [field, counts] of from) {
    const sum = into.get(field);
    if (sum === undefined) into.set(field, counts.slice());
    else addAges(sum, counts);
  }
}

/** Takes all counts out of `from` and adds them to `into`. */
export function moveAges(into: AgesByField, from: AgesByField): void {
  for (const [field, counts] of from) {
    const sum = into.get(field);
    if (sum === undefined) into.set(field, counts);
    else addAges(sum, counts);
  }
  from.clear();
}

/** Returns the ages of all fields together. */
export function allAges(ages: ReadonlyMap<string, Ages>): Ages {
  const sum = noAges();
  for (const counts of ages.values()) addAges(sum, counts);
  return sum;
}

/** Returns the ages above the threshold; the others are 0. */
export function olderThan(ages: Ages, threshold: number): Ages {
  const older = ages.slice();
  older.fill(0, 0, Math.max(0, threshold + 1));
  return older;
}

/** Returns the ages above the threshold, field by field, by the fields' names. */
export function keptAges(
  ages: ReadonlyMap<string, Ages>,
  threshold: number,
): AgesByField {
  return new Map(
    fieldNames(ages).map((field) => [field, olderThan(ages.get(field)!, threshold)]),
  );
}

/**
 * Returns the ages of one field.
 *
 * @throws {RangeError} If there is no such field; it names those that there are.
 */
export function agesIn(ages: ReadonlyMap<string, Ages>, field: string): Ages {
  const counts = ages.get(field);
  if (counts !== undefined) return counts;
  const known = fieldNames(ages).join(", ") || "none";
  throw new RangeError(`There is no field ${field}; there are: ${known}`);
}

/** Returns the names of the fields by code point, so that no machine's locale matters. */
export function fieldNames(ages: ReadonlyMap<string, Ages>): readonly string[] {
  const names = [...ages.keys()];
  return names.some((name) => SURROGATE.test(name))
    ? names.sort(compareCodePoints)
    : names.sort(); // the same order, and quicker
}

const SURROGATE = /[\ud800-\udfff]/;

/** Compares by code point: JavaScript's own order, by UTF-16 unit, puts emoji before `ﬁ`. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
    }
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function addAges(into: Ages, from: Ages): void {
  for (let age = 0; age <= MAX_AGE; age++) into[age]! += from[age]!;
}
