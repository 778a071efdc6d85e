/**
 * A look at the data without writing anything: what became of the records, why some were
 * refused, and the ages of the rest.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Funnel } from "../analyse/funnel.ts";
import { type CleanOptions, fastCleaner } from "../transform/clean.ts";
import { type Reason, REASONS, type Reject } from "../transform/types.ts";
import type { Sources } from "./read.ts";

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

/** How many refused records of each reason are kept as examples. */
const EXAMPLES = 5;

const NEVER = new AbortController().signal;

/**
 * Returns what a report of these sources would say, by the same rules and counts.
 *
 * @param options `olderThan`: whom to keep; 20 by default.
 * @throws {PipelineError} If a source cannot be read to its end.
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
  options: CleanOptions = {},
): Promise<Survey> {
  const cleaner = fastCleaner(options);
  const sum = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const reasons = new Map<Reason, number>();
  const examples: Reject[] = [];
  for (const source of [sources].flat()) {
    for await (const batch of source.read(NEVER)) {
      const { counts, rejects } = cleaner.clean(batch);
      for (const key of ["read", "blank", "rejected", "filtered", "kept"] as const) {
        sum[key] += counts[key];
      }
      for (const reject of rejects) {
        const seen = reasons.get(reject.reason) ?? 0;
        reasons.set(reject.reason, seen + 1);
        if (seen < EXAMPLES) examples.push(reject);
      }
    }
  }
  const order = REASONS.filter((reason) => reasons.has(reason));
  return {
    funnel: { ...sum, valid: sum.filtered + sum.kept },
    rejects: Object.fromEntries(order.map((reason) => [reason, reasons.get(reason)!])),
    examples,
    ages: cleaner.ages,
  };
}
