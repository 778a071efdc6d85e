/**
 * The funnel: how many records were read, and what became of each. Every run checks it
 * against what it wrote, so that no record disappears without a count and a reason.
 */
import { PipelineError } from "../errors.ts";

/** `read = blank + rejected + valid`, `valid = filtered + kept`. */
export interface Funnel {
  /** All records. */
  readonly read: number;
  /** Nothing but white space. */
  readonly blank: number;
  /** Refused by a rule. */
  readonly rejected: number;
  /** Students, kept or not. */
  readonly valid: number;
  /** Valid, but left out by the age threshold. */
  readonly filtered: number;
  /** Rows of the CSV. */
  readonly kept: number;
}

/** The same counts as found elsewhere: in the files, in the inputs, in the histograms. */
export interface Found {
  /** Rows of students in the CSV as it was written. */
  readonly rows: number;
  /** Lines of `rejects.jsonl` as it was written. */
  readonly rejectLines: number;
  /** The sum of the rejects by reason. */
  readonly rejects: number;
  /** The sum of the inputs' records. */
  readonly records: number;
  /** Valid students in the histograms of all fields. */
  readonly valid: number;
  /** Kept students in the histograms of all fields. */
  readonly kept: number;
}

/**
 * Checks each sum of the funnel.
 *
 * @throws {PipelineError} If a sum is off: a fault of the program, never of the data.
 */
export function checkFunnel(funnel: Funnel, found: Found): void {
  const sums: readonly (readonly [what: string, one: number, other: number])[] = [
    [
      "read = blank + rejected + valid",
      funnel.read,
      funnel.blank + funnel.rejected + funnel.valid,
    ],
    ["valid = filtered + kept", funnel.valid, funnel.filtered + funnel.kept],
    ["read = records of the inputs", funnel.read, found.records],
    ["rejected = rejects by reason", funnel.rejected, found.rejects],
    ["rejected = lines of rejects.jsonl", funnel.rejected, found.rejectLines],
    ["kept = rows of the CSV", funnel.kept, found.rows],
    ["kept = kept ages of the fields", funnel.kept, found.kept],
    ["valid = ages of the fields", funnel.valid, found.valid],
  ];
  for (const [what, one, other] of sums) {
    if (one !== other) {
      throw new PipelineError(
        "internal",
        `The funnel is off: ${what}, but ${one} is not ${other}`,
        {
          hint:
            "Nothing was written; this is a fault of cohort, please report it with the input",
        },
      );
    }
  }
}
