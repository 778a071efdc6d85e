/**
 * Two groups compared: how far their average ages lie apart, how sure that is, and whether
 * it is much.
 */
import type { Ages } from "./ages.ts";
import { countStudents, mean } from "./statistics.ts";
import { studentQuantile } from "./student_t.ts";

/** What the ages of two groups say about the difference of their averages. */
export interface Comparison {
  /** The average of the first group less that of the second, in years. */
  readonly difference: number;
  /** Where the interval of the difference begins, in years. */
  readonly low: number;
  /** Where it ends. */
  readonly high: number;
  /** The share of such intervals that hold the true difference, 0 to 1. */
  readonly confidence: number;
  /** Welch's degrees of freedom. */
  readonly degrees: number;
  /** Hedges' g: the difference in standard deviations, corrected for small groups. */
  readonly effect: number;
  /** The smallest true difference that groups of this size show four times in five, in years. */
  readonly detectable: number;
}

/** How often a difference of {@linkcode Comparison.detectable} years is found. */
const POWER = 0.8;

/**
 * Returns how the average ages of two groups differ.
 *
 * The interval is Welch's, by Student's t with the degrees of freedom of Welch and
 * Satterthwaite: it does not ask that both groups spread alike (`t.test(a, b)` in R,
 * `scipy.stats.ttest_ind(a, b, equal_var=False)`). It takes the students for a random sample
 * of those who might have come; in a small group it also leans on ages that are not too
 * lopsided. The effect is Hedges' g with the pooled standard deviation and the usual
 * correction 1 − 3/(4(n₁ + n₂) − 9).
 *
 * @param options `confidence`: 0.95 by default.
 * @throws {RangeError} If a group has fewer than two students, nobody's age differs within
 * the groups, or the confidence is not between 0 and 1.
 *
 * @example
 * ```ts
 * import { agesByField, compareAges, readFiles } from "cohort";
 *
 * const ages = await agesByField(await readFiles("data/students.csv"));
 * const { difference, low, high } = compareAges(ages.get("PHYSICS")!, ages.get("DROIT")!);
 * console.log(`${difference.toFixed(1)} years, from ${low.toFixed(1)} to ${high.toFixed(1)}`);
 * ```
 */
export function compareAges(
  first: Ages,
  second: Ages,
  options: { readonly confidence?: number } = {},
): Comparison {
  const { confidence = 0.95 } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`A confidence is between 0 and 1, not ${confidence}`);
  }
  const [a, b] = [spreadOf(first), spreadOf(second)];
  const [squareA, squareB] = [a.variance / a.count, b.variance / b.count];
  const squares = squareA + squareB;
  if (squares === 0) {
    throw new RangeError("Within the groups all ages are equal: there is no spread");
  }
  const degrees = squares ** 2 /
    (squareA ** 2 / (a.count - 1) + squareB ** 2 / (b.count - 1));
  const error = Math.sqrt(squares);
  const reach = studentQuantile((1 + confidence) / 2, degrees);
  const difference = a.mean - b.mean;
  return {
    difference,
    low: difference - reach * error,
    high: difference + reach * error,
    confidence,
    degrees,
    effect: hedges(a, b),
    detectable: (reach + studentQuantile(POWER, degrees)) * error,
  };
}

/** A group's ages in three numbers. */
interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Of the sample: over one less than the count. */
  readonly variance: number;
}

function spreadOf(ages: Ages): Spread {
  const count = countStudents(ages);
  if (count < 2) {
    throw new RangeError(
      `A group has two students at least to be compared, not ${count}`,
    );
  }
  const average = mean(ages);
  const squares = ages.reduce((sum, n, age) => sum + n * (age - average) ** 2, 0);
  return { count, mean: average, variance: squares / (count - 1) };
}

function hedges(a: Spread, b: Spread): number {
  const count = a.count + b.count;
  const pooled = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / (count - 2);
  return (a.mean - b.mean) / Math.sqrt(pooled) * (1 - 3 / (4 * count - 9));
}
