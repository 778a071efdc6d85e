/**
 * A look at the data without writing anything: what became of the records, why some were
 * refused, and the ages of the rest.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Funnel } from "../analyse/funnel.ts";
import {
  type CleanOptions,
  type Counts,
  fastCleaner,
  OLDER_THAN,
} from "../transform/clean.ts";
import { parseReject } from "../transform/rejects.ts";
import { type Reason, REASONS, type Reject } from "../transform/types.ts";
import { Examples } from "./examples.ts";
import { clean, type Sources } from "./read.ts";
import { checkThreshold } from "./threshold.ts";

/** What is known of the data after one look. */
export interface Survey {
  /** What became of the records. */
  readonly funnel: Funnel;
  /** How many were refused for each reason, in the order of the rules; never 0. */
  readonly rejects: Readonly<Partial<Record<Reason, number>>>;
  /** The first refused records of each reason, five at most, in input order. */
  readonly examples: readonly Reject[];
  /** The ages of all valid students, kept or not, by field. */
  readonly ages: AgesByField;
}

/**
 * Returns what a report of these sources would say, by the same rules and as fast as one
 * thread can.
 *
 * @param options `olderThan`: whom to keep; 20 by default.
 * @throws {PipelineError} If a source cannot be read to its end.
 * @throws {RangeError} If the threshold is not a whole number from -1 to 150.
 *
 * @example
 * ```ts
 * import { readFiles, survey } from "cohort";
 *
 * const { funnel, rejects } = await survey(await readFiles("data/students.csv"));
 * console.log(funnel.read, rejects.age_not_integer);
 * ```
 */
export async function survey(
  sources: Sources,
  { olderThan = OLDER_THAN }: CleanOptions = {},
): Promise<Survey> {
  checkThreshold(olderThan);
  const cleaner = fastCleaner({ olderThan });
  const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const reasons = new Map<Reason, number>();
  const examples = new Examples();
  for await (const cleaned of clean(sources, { cleaner: () => cleaner })) {
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      counts[key] += cleaned.counts[key];
    }
    for (const [reason, count] of cleaned.reasons) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
    examples.take(cleaned);
  }
  const order = REASONS.filter((reason) => reasons.has(reason));
  return {
    funnel: { ...counts, valid: counts.filtered + counts.kept },
    rejects: Object.fromEntries(order.map((reason) => [reason, reasons.get(reason)!])),
    examples: examples.lines.map(parseReject),
    ages: cleaner.ages,
  };
}
