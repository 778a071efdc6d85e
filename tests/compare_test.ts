/** Two groups compared: against R and SciPy, and where there is nothing to compare. */
import assert from "node:assert/strict";
import { compareAges, noAges } from "../lib/mod.ts";
import { studentQuantile } from "../lib/analyse/student_t.ts";

/** Returns the histogram of these ages. */
function histogram(...ages: readonly number[]): Float64Array {
  const counts = noAges();
  for (const age of ages) counts[age]!++;
  return counts;
}

/** scipy.stats.t.ppf(p, degrees), SciPy 1.17.1 */
const QUANTILES: readonly (readonly [p: number, degrees: number, t: number])[] = [
  [0.975, 1, 12.706204736174694],
  [0.975, 2.5, 3.5746548420036817],
  [0.95, 10, 1.8124611228116756],
  [0.995, 30.7, 2.745784892120256],
  [0.8, 5, 0.9195437802408271],
  [0.975, 1000, 1.9623390808264083],
  [0.975, 1e7, 1.959964207],
  [0.5, 3, 0],
  [0.025, 4, -2.7764451051977943],
];

for (const [p, degrees, t] of QUANTILES) {
  Deno.test(`studentQuantile(${p}, ${degrees}) agrees with SciPy`, () => {
    assert.ok(Math.abs(studentQuantile(p, degrees) - t) < 1e-9);
  });
}

Deno.test("studentQuantile() refuses shares and degrees that there are not", () => {
  for (const p of [0, 1, -0.1, NaN]) {
    assert.throws(() => studentQuantile(p, 5), {
      name: "RangeError",
      message: `A share is between 0 and 1, not ${p}`,
    });
  }
  assert.throws(() => studentQuantile(0.5, 0.9), {
    name: "RangeError",
    message: "Degrees of freedom are 1 at least, not 0.9",
  });
});

const A = histogram(21, 22, 22, 24, 25, 27, 30, 31, 35);
const B = histogram(20, 21, 21, 22, 23, 23, 24);

/** Checks each number to nine digits. */
function assertNear(actual: object, expected: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(expected)) {
    const found = (actual as Record<string, number>)[key]!;
    assert.ok(Math.abs(found - value) < 1e-9, `${key}: ${found} is not ${value}`);
  }
}

Deno.test("compareAges() agrees with ttest_ind(equal_var=False) of SciPy", () => {
  // r = scipy.stats.ttest_ind(a, b, equal_var=False); r.df, r.confidence_interval(0.95)
  assertNear(compareAges(A, B), {
    difference: 4.333333333333332,
    low: 0.5632146023942637,
    high: 8.1034520642724,
    degrees: 9.72671043144993,
    confidence: 0.95,
    // d = (a.mean() - b.mean()) / pooled; g = d * (1 - 3 / (4 * (9 + 7) - 9))
    effect: 1.0949612092896899,
  });
  // r.confidence_interval(0.9)
  assertNear(compareAges(A, B, { confidence: 0.9 }), {
    low: 1.2695033101687452,
    high: 7.397163356497919,
  });
});

Deno.test("compareAges() tells what is found four times in five, as SciPy does", () => {
  // brentq(lambda d: 1 - nct.cdf(t.ppf(.975, df), df, d / se) - .8, .1, 20): 5.2589
  const { detectable } = compareAges(A, B);
  assert.ok(Math.abs(detectable / 5.258905525704682 - 1) < 0.002, String(detectable));
});

Deno.test("compareAges() turned round changes the sign and nothing else", () => {
  const [there, back] = [compareAges(A, B), compareAges(B, A)];
  assertNear(back, {
    difference: -there.difference,
    low: -there.high,
    high: -there.low,
    effect: -there.effect,
    detectable: there.detectable,
  });
});

Deno.test("compareAges() counts a million students as it counts ten", () => {
  const many = A.map((count) => count * 1e6);
  const { low, high, difference } = compareAges(many, B.map((count) => count * 1e6));
  assert.ok(Math.abs(difference - 4.333333333333332) < 1e-9);
  assert.ok(high - low < 0.01 && low < difference && difference < high);
});

Deno.test("compareAges() says why there is nothing to compare", () => {
  const one = "A group has two students at least to be compared, not 1";
  assert.throws(() => compareAges(histogram(20), B), {
    name: "RangeError",
    message: one,
  });
  assert.throws(() => compareAges(B, histogram(20)), {
    name: "RangeError",
    message: one,
  });
  assert.throws(() => compareAges(histogram(20, 20), histogram(30, 30)), {
    name: "RangeError",
    message: "Within the groups all ages are equal: there is no spread",
  });
  for (const confidence of [0, 1, -0.5, NaN]) {
    assert.throws(() => compareAges(A, B, { confidence }), {
      name: "RangeError",
      message: `A confidence is between 0 and 1, not ${confidence}`,
    });
  }
});
