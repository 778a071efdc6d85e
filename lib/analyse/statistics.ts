/**
 * Statistics from an exact histogram of ages. Nothing is approximate, and nothing is a mean
 * of means: merge histograms, then ask here.
 */
import type { Ages } from "./ages.ts";

/** What is known of a group's ages, in years; all but `count` are null for nobody. */
export interface Statistics {
  /** How many students. */
  readonly count: number;
  /** Arithmetic mean. */
  readonly mean: number | null;
  /** The lowest age. */
  readonly min: number | null;
  /** The highest age. */
  readonly max: number | null;
  /** The middle age; the mean of the two middle ones where the count is even. */
  readonly median: number | null;
  /** First quartile, by linear interpolation (type 7). */
  readonly q1: number | null;
  /** Third quartile, by linear interpolation (type 7). */
  readonly q3: number | null;
}

/** Returns the statistics of the students that the histogram counts. */
export function statistics(ages: Ages): Statistics {
  const count = countStudents(ages);
  if (count === 0) {
    return { count, mean: null, min: null, max: null, median: null, q1: null, q3: null };
  }
  return {
    count,
    mean: sumOfYears(ages) / count,
    min: ageAt(ages, 0),
    max: ageAt(ages, count - 1),
    median: quantileOf(ages, count, 0.5),
    q1: quantileOf(ages, count, 0.25),
    q3: quantileOf(ages, count, 0.75),
  };
}

/** Returns how many students the histogram counts. */
export function countStudents(ages: Ages): number {
  let sum = 0;
  for (let age = 0; age < ages.length; age++) sum += ages[age]!;
  return sum;
}

/**
 * Returns the arithmetic mean of the ages, in years.
 *
 * @throws {RangeError} If nobody was counted.
 */
export function mean(ages: Ages): number {
  const count = countStudents(ages);
  if (count === 0) throw new RangeError("Nobody was counted: there is no mean");
  return sumOfYears(ages) / count;
}

function sumOfYears(ages: Ages): number {
  let sum = 0;
  for (let age = 0; age < ages.length; age++) sum += age * ages[age]!;
  return sum;
}

/**
 * Returns the age below which a share `p` of the students lies, by linear interpolation
 * (type 7 of Hyndman & Fan 1996; the default of R and NumPy).
 *
 * @param p The share, from 0 (the minimum) to 1 (the maximum).
 * @throws {RangeError} If nobody was counted or `p` is not from 0 to 1.
 */
export function quantile(ages: Ages, p: number): number {
  const count = countStudents(ages);
  if (count === 0) throw new RangeError("Nobody was counted: there is no quantile");
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A share is from 0 to 1, not ${p}`);
  return quantileOf(ages, count, p);
}

function quantileOf(ages: Ages, count: number, p: number): number {
  const place = (count - 1) * p;
  const below = Math.floor(place);
  const low = ageAt(ages, below);
  if (place === below) return low;
  const high = ageAt(ages, below + 1);
  return low + (place - below) * (high - low);
}

/** Returns the age of the student at that index, had they been sorted by age. */
function ageAt(ages: Ages, index: number): number {
  let age = 0;
  for (let passed = ages[0]!; passed <= index; passed += ages[age]!) age++;
  return age;
}
