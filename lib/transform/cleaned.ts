/**
 * What became of a batch: rows, rejects, counts.
 */
import type { ReaderState } from "./records.ts";
import type { Reason } from "./types.ts";

/** How many records of a batch ended where: read = blank + rejected + filtered + kept. */
export interface Counts {
  /** All records. */
  readonly read: number;
  /** Nothing but white space. */
  readonly blank: number;
  /** Refused by a rule. */
  readonly rejected: number;
  /** Valid, but not older than the threshold. */
  readonly filtered: number;
  /** Rows of the CSV. */
  readonly kept: number;
}

/** What became of a batch. */
export interface Cleaned {
  /** The rows of the kept students in input order; valid until the next batch is cleaned. */
  readonly csv: Uint8Array;
  /** The lines of `rejects.jsonl` in input order; valid until the next batch is cleaned. */
  readonly rejects: Uint8Array;
  /** How many records ended where. */
  readonly counts: Counts;
  /** How many were refused for which reason; those that refused none are left out. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** How many records the rules as text have read, because the kernel could not. */
  readonly byText: number;
}

/** What became of a block. */
export interface CleanedBlock extends Cleaned {
  /** Where the block that follows begins. */
  readonly state: ReaderState;
}
