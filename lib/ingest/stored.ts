/**
 * Records that were cleaned before they are reported on: the store of a stream is such.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Cleaned, Counts } from "../transform/clean.ts";
import type { Reason } from "../transform/types.ts";

/** Records that were cleaned before. */
export interface Stored {
  /** The folder as the user gave it. */
  readonly name: string;
  /** The topic that the records come from. */
  readonly topic: string;
  /** Which of its messages. */
  readonly ranges: readonly StoredRange[];
  /** The threshold by which students were kept, in years. */
  readonly olderThan: number;
  /** What became of the records. */
  readonly counts: Counts;
  /** The refused ones by reason. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** Of all valid students, kept or not. */
  readonly ages: AgesByField;
  /**
   * Yields what became of the records, in pieces: first all rows, then all rejects, then the
   * counts. Each is valid until the next one is asked for.
   *
   * @throws {PipelineError} If the files are not as they were recorded.
   */
  readonly cleaned: () => AsyncIterable<Cleaned>;
}

/** Offsets of one partition, all of them read. */
export interface StoredRange {
  /** The partition of the topic. */
  readonly partition: number;
  /** The first offset. */
  readonly start: number;
  /** The offset after the last one. */
  readonly next: number;
}
