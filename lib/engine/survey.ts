/**
 * A look at the data without writing anything: what became of the records, why some were
 * refused, and the ages of the rest.
 */
import { type AgesByField, countAge } from "../analyse/ages.ts";
import type { Funnel } from "../analyse/funnel.ts";
import { type CleanOptions, OLDER_THAN } from "../transform/clean.ts";
import { type Reason, REASONS, type Reject } from "../transform/types.ts";
import { judgedBatches, type Sources } from "./read.ts";

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

/**
 * Returns what a report of these sources would say, by the same rules. It goes record by
 * record: for millions of them, write the report and look into its result.
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
  { olderThan = OLDER_THAN }: CleanOptions = {},
): Promise<Survey> {
  const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const reasons = new Map<Reason, number>();
  const examples: Reject[] = [];
  const ages: AgesByField = new Map();
  for await (const batch of judgedBatches(sources)) {
    for (const one of batch) {
      counts.read++;
      if (one === "blank") counts.blank++;
      else if ("reason" in one) {
        counts.rejected++;
        const seen = reasons.get(one.reason) ?? 0;
        reasons.set(one.reason, seen + 1);
        if (seen < EXAMPLES) examples.push(one);
      } else {
        counts[one.age > olderThan ? "kept" : "filtered"]++;
        countAge(ages, one.field, one.age);
      }
    }
  }
  const order = REASONS.filter((reason) => reasons.has(reason));
  return {
    funnel: { ...counts, valid: counts.filtered + counts.kept },
    rejects: Object.fromEntries(order.map((reason) => [reason, reasons.get(reason)!])),
    examples,
    ages,
  };
}
