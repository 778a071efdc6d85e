/**
 * Small groups: an attacker who has everything that is published tries to compute what is
 * hidden, and can't.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { statistics } from "../lib/analyse/statistics.ts";
import { noAges } from "../lib/analyse/ages.ts";
import { drawPage } from "../lib/report/page.ts";
import { formatResult, parseResult, type Result } from "../lib/report/result.ts";
import { suppressSmallGroups } from "../lib/report/suppress.ts";
import { EXAMPLES, REJECTS, resultOf } from "./browser/fixtures.ts";

/** Fields of all sizes, among them some with few kept, few valid, or few filtered. */
const schools = fc.array(
  fc.array(fc.integer({ min: 17, max: 40 }), { minLength: 1, maxLength: 14 }),
  { minLength: 1, maxLength: 9 },
).map((fields): Result =>
  resultOf({
    fields: fields.map((ages, i) => [`FIELD ${i}`, ages.length] as const),
    ageOf: (field, student) => fields[field]![student]!,
    rejects: REJECTS,
    examples: EXAMPLES,
  })
);
const smallest = fc.integer({ min: 2, max: 12 });

/** Something that is known: the sum of some unknown numbers, one for each field. */
type Equation = readonly number[];

/**
 * Returns the fields whose number follows from the sums by linear algebra: those of which
 * the unit vector is a combination of the equations.
 */
function solved(equations: readonly Equation[], unknowns: number): readonly number[] {
  const rank = rankOf(equations);
  return Array.from({ length: unknowns }, (_, i) => i).filter((i) =>
    rankOf([...equations, unit(i, unknowns)]) === rank
  );
}

function unit(at: number, length: number): Equation {
  return Array.from({ length }, (_, i) => i === at ? 1 : 0);
}

/** Returns the rank by Gaussian elimination; all numbers are small and whole at first. */
function rankOf(equations: readonly Equation[]): number {
  const rows = equations.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = rows.findIndex((row, i) => i >= rank && Math.abs(row[column]!) > 1e-9);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot]!, rows[rank]!];
    for (const [i, row] of rows.entries()) {
      if (i === rank) continue;
      const factor = row[column]! / rows[rank]![column]!;
      for (let c = 0; c < row.length; c++) row[c]! -= factor * rows[rank]![c]!;
    }
    rank++;
  }
  return rank;
}

/** Returns the sums that are published: each field that is shown, the rest, the total. */
function published(full: Result, shown: Result): readonly Equation[] {
  const names = full.fields.map(({ field }) => field);
  const alone = shown.fields.filter(({ merged }) => merged === undefined)
    .map(({ field }) => names.indexOf(field));
  assert.ok(!alone.includes(-1));
  return [
    ...alone.map((i) => unit(i, names.length)),
    // the merged group, and the total of the funnel: the attacker knows every name
    names.map((_, i) => shown.fields.length > alone.length && !alone.includes(i) ? 1 : 0),
    names.map(() => 1),
  ];
}

interface Counts {
  readonly kept: number;
  readonly valid: number;
}

function countsOf(field: Result["fields"][number], threshold: number): Counts {
  const ages = Object.entries(field.ages).map(([age, count]) =>
    [Number(age), count] as const
  );
  const sum = (of: readonly (readonly [number, number])[]): number =>
    of.reduce((total, [, count]) => total + count, 0);
  return { kept: sum(ages.filter(([age]) => age > threshold)), valid: sum(ages) };
}

Deno.test("suppressSmallGroups() lets no small field be computed from what is published", () => {
  fc.assert(
    fc.property(schools, smallest, (full, k) => {
      const shown = suppressSmallGroups(full, k);
      const equations = published(full, shown);
      for (const i of solved(equations, full.fields.length)) {
        const { kept, valid } = countsOf(full.fields[i]!, 20);
        // where there is one field, the funnel's totals are all that is left of it
        if (full.fields.length === 1 && shown.fields.length === 0) continue;
        assert.ok(kept === 0 || kept >= k, `${kept} kept students are known`);
        assert.ok(valid >= k, `${valid} valid students are known`);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("suppressSmallGroups() shows no group of fewer than k, kept, valid or filtered", () => {
  fc.assert(
    fc.property(schools, smallest, (full, k) => {
      const shown = suppressSmallGroups(full, k);
      for (const field of shown.fields) {
        const { kept, valid } = countsOf(field, 20);
        assert.equal(field.count, kept);
        assert.ok(kept === 0 || kept >= k);
        assert.ok(valid === kept || valid - kept >= k, `${valid - kept} filtered ages`);
      }
      assert.ok(shown.overall.count === 0 || shown.overall.count >= k);
    }),
    { numRuns: 400 },
  );
});

Deno.test("suppressSmallGroups() hides filtered ages of all fields or of none", () => {
  fc.assert(fc.property(schools, smallest, (full, k) => {
    const shown = suppressSmallGroups(full, k);
    if (shown.suppressed!.everything) return;
    const sum = shown.fields.reduce(
      (total, field) => total + countsOf(field, 20).valid,
      0,
    );
    const { kept, valid } = shown.funnel;
    assert.equal(sum, shown.suppressed!.filtered_ages ? kept : valid);
    assert.equal(shown.fields.reduce((total, { count }) => total + count, 0), kept);
  }));
});

Deno.test("suppressSmallGroups() gives the merged group exact statistics", () => {
  fc.assert(fc.property(schools, smallest, (full, k) => {
    for (const field of suppressSmallGroups(full, k).fields) {
      const ages = noAges();
      for (const [age, count] of Object.entries(field.ages)) {
        if (Number(age) > 20) ages[Number(age)] = count;
      }
      const { count, mean, min, max, median, q1, q3 } = field;
      assert.deepEqual({ count, mean, min, max, median, q1, q3 }, statistics(ages));
    }
  }));
});

Deno.test("suppressSmallGroups() publishes no record, name or digest of the hidden", async () => {
  await fc.assert(
    fc.asyncProperty(schools, smallest, async (full, k) => {
      const shown = suppressSmallGroups(full, k);
      const text = formatResult(shown);
      const everything = text + await drawPage(shown, { examples: true });
      for (const { field, count } of full.fields) {
        if (count > 0 && count < k) {
          assert.ok(
            !everything.includes(`${field}"`) && !everything.includes(`>${field}<`),
          );
        }
      }
      for (const { raw, raw_base64 } of EXAMPLES) {
        for (const record of [raw, raw_base64]) {
          if (record !== undefined) assert.ok(!everything.includes(record));
        }
      }
      assert.ok(!everything.includes("etudiants_transformed.csv"));
      assert.ok(!text.includes("rejects.jsonl"));
      assert.ok(shown.inputs.every((one) => !("sha256" in one) && !("bytes" in one)));
      assert.deepEqual(parseResult(text, "report.json"), shown);
    }),
    { numRuns: 25 },
  );
});

Deno.test("suppressSmallGroups() changes nothing the second time", () => {
  fc.assert(fc.property(schools, smallest, (full, k) => {
    const once = suppressSmallGroups(full, k);
    assert.equal(suppressSmallGroups(once, k), once);
    assert.equal(suppressSmallGroups(once, 2), once);
  }));
});

interface Case {
  readonly name: string;
  /** How many students of 19 and of 30 years each field has. */
  readonly fields: readonly (readonly [young: number, old: number])[];
  /** Counts of kept students that may be shown with k = 5; the merged group last. */
  readonly shown: readonly number[];
  readonly filteredAges?: boolean;
  readonly everything?: boolean;
}

const CASES: readonly Case[] = [
  { name: "all are large", fields: [[9, 9], [0, 5]], shown: [9, 5] },
  {
    name: "two small ones make a group",
    fields: [[0, 9], [0, 2], [0, 3]],
    shown: [9, 5],
  },
  {
    name: "one small one takes the next smallest",
    fields: [[0, 9], [0, 7], [0, 3]],
    shown: [9, 10],
  },
  {
    name: "small ones that are too few take the next",
    fields: [[0, 9], [0, 6], [0, 1], [0, 2]],
    shown: [9, 9],
  },
  { name: "few kept among many valid are small", fields: [[50, 2], [9, 9]], shown: [11] },
  { name: "none kept of few is small", fields: [[0, 9], [3, 0], [2, 0]], shown: [9, 0] },
  { name: "none kept of many is not", fields: [[0, 9], [8, 0]], shown: [9, 0] },
  {
    name: "few filtered hide the filtered of all",
    fields: [[2, 9], [30, 9]],
    shown: [9, 9],
    filteredAges: true,
  },
  {
    name: "few in all hide everything",
    fields: [[0, 2], [0, 2]],
    shown: [],
    everything: true,
  },
  {
    name: "few kept in all hide everything",
    fields: [[90, 2], [9, 1]],
    shown: [],
    everything: true,
  },
  {
    name: "one small field hides everything",
    fields: [[0, 4]],
    shown: [],
    everything: true,
  },
  { name: "nobody at all hides nothing", fields: [], shown: [] },
];

for (const { name, fields, shown, filteredAges = false, everything = false } of CASES) {
  Deno.test(`suppressSmallGroups(): ${name}`, () => {
    const full = resultOf({
      fields: fields.map(([young, old], i) => [`FIELD ${i}`, young + old] as const),
      ageOf: (field, student) => student < fields[field]![0] ? 19 : 30,
    });
    const result = suppressSmallGroups(full, 5);
    assert.deepEqual(result.fields.map(({ count }) => count), shown);
    assert.deepEqual(result.suppressed, {
      min_group_size: 5,
      filtered_ages: filteredAges,
      everything,
    });
  });
}

Deno.test("suppressSmallGroups() refuses a size that hides nothing", () => {
  for (const k of [1, 0, -3, 2.5, NaN]) {
    assert.throws(() => suppressSmallGroups(resultOf({ fields: [] }), k), RangeError);
  }
});
