/**
 * Whether a result agrees with itself: a page drawn from numbers that somebody has edited
 * would look as true as any other.
 */
import { type Ages, allAges, olderThan } from "../analyse/ages.ts";
import { countStudents, type Statistics, statistics } from "../analyse/statistics.ts";
import { agesOf } from "./build.ts";
import type { Result } from "./result.ts";

/** Returns the first thing of a result that does not follow from the rest of it, if any. */
export function wrongSum(result: Result): string | undefined {
  const { funnel, inputs, rejects, overall, fields, suppressed, parameters } = result;
  const ages = fields.map(agesOf);
  const all = allAges(new Map(ages.map((counts, i) => [String(i), counts])));
  const isHidden = suppressed?.everything === true;
  const kept = (counts: Ages): Statistics =>
    statistics(olderThan(counts, parameters.older_than));
  const isRight: Readonly<Record<string, boolean>> = {
    "funnel.read is not blank + rejected + valid":
      funnel.read === funnel.blank + funnel.rejected + funnel.valid,
    "funnel.valid is not filtered + kept": funnel.valid === funnel.filtered + funnel.kept,
    "inputs do not add up to funnel.read":
      funnel.read === sum(inputs.map(({ records }) => records)),
    "rejects do not add up to funnel.rejected":
      funnel.rejected === sum(Object.values(rejects)),
    "overall does not count funnel.kept": isHidden || overall.count === funnel.kept,
    "the ages do not add up to funnel.valid": isHidden ||
      suppressed?.filtered_ages === true || countStudents(all) === funnel.valid,
    "overall does not follow from the ages": isSame(overall, kept(all)),
    ...Object.fromEntries(fields.map((field, i) => [
      `fields.${i} does not follow from its ages`,
      isSame(field, kept(ages[i]!)),
    ])),
  };
  return Object.entries(isRight).find(([, right]) => !right)?.[0];
}

function isSame(one: Statistics, other: Statistics): boolean {
  return (Object.keys(other) as (keyof Statistics)[]).every((key) =>
    one[key] === other[key]
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
