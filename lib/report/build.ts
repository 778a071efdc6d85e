/**
 * Puts the whole result of a run together from what was counted.
 */
import {
  type Ages,
  type AgesByField,
  allAges,
  fieldNames,
  noAges,
  olderThan,
} from "../analyse/ages.ts";
import { countStudents, statistics } from "../analyse/statistics.ts";
import type { Funnel } from "../analyse/funnel.ts";
import { type Reason, REASONS } from "../transform/types.ts";
import type { FieldResult, Result } from "./result.ts";

/** What was counted, and what else the result says of the run. */
export interface Counted {
  readonly parameters: Result["parameters"];
  readonly inputs: Result["inputs"];
  readonly funnel: Funnel;
  readonly rejects: ReadonlyMap<Reason, number>;
  readonly examples: Result["reject_examples"];
  /** Of all valid students, kept or not. */
  readonly ages: AgesByField;
  readonly outputs: Result["outputs"];
  readonly run: Result["run"];
}

/** Returns the result: fields by name in code-point order, rejects in the order of the rules. */
export function buildResult(counted: Counted): Result {
  const { parameters, ages, rejects, examples } = counted;
  const threshold = parameters.older_than;
  const order = REASONS.filter((reason) => rejects.has(reason));
  return {
    schema: "cohort-report/1",
    parameters,
    inputs: counted.inputs,
    funnel: counted.funnel,
    rejects: Object.fromEntries(order.map((reason) => [reason, rejects.get(reason)!])),
    reject_examples: examples.toSorted((a, b) =>
      REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason)
    ),
    overall: statistics(olderThan(allAges(ages), threshold)),
    fields: fieldResults(ages, threshold),
    outputs: counted.outputs,
    run: counted.run,
  };
}

/** Returns each field's statistics and ages, by name in code-point order. */
export function fieldResults(
  ages: ReadonlyMap<string, Ages>,
  threshold: number,
): readonly FieldResult[] {
  const kept = noAges(); // one for all: there can be 100,000 fields
  return fieldNames(ages).map((field) => {
    const counts = ages.get(field)!;
    kept.set(counts);
    kept.fill(0, 0, Math.max(0, threshold + 1));
    return { field, ...statistics(kept), ages: sparse(counts) };
  });
}

/** Returns how many valid students there are, and how many of them are kept. */
export function countAges(
  ages: AgesByField,
  threshold: number,
): { readonly valid: number; readonly kept: number } {
  const all = allAges(ages);
  return { valid: countStudents(all), kept: countStudents(olderThan(all, threshold)) };
}

/** Returns the histogram that a field of the result shows. */
export function agesOf({ ages }: FieldResult): Ages {
  const counts = noAges();
  for (const [age, count] of Object.entries(ages)) counts[Number(age)] = count;
  return counts;
}

/** Returns the ages that somebody has; integer keys of an object are always in order. */
export function sparse(counts: Ages): Record<string, number> {
  const found: Record<string, number> = {};
  for (let age = 0; age < counts.length; age++) {
    if (counts[age]! > 0) found[age] = counts[age]!;
  }
  return found;
}
