/**
 * What was written but not committed yet: the counts and ranges that the next commit adds.
 */
import type { AgesByField } from "../analyse/ages.ts";
import { checkFunnel } from "../analyse/funnel.ts";
import { countAges } from "../report/build.ts";
import type { Cleaned, Counts } from "../transform/clean.ts";
import type { Reason, ValuesBatch } from "../transform/types.ts";
import { noCounts, type OffsetRange, totalCounts } from "./contents.ts";
import type { Delta, PartitionDelta } from "./record.ts";

interface Growing extends PartitionDelta {
  range: OffsetRange;
  readonly counts: { -readonly [Key in keyof Counts]: number };
  readonly reasons: Map<Reason, number>;
}

/** How many lines the files have gained since the last commit. */
export interface GainedLines {
  readonly rows: number;
  readonly rejects: number;
}

/** What the next commit adds. */
export class Pending {
  readonly #partitions = new Map<number, Growing>();
  #records = 0;
  #bytes = 0;

  /** Whether there is nothing to commit. */
  get isEmpty(): boolean {
    return this.#partitions.size === 0;
  }

  /** How many records. */
  get records(): number {
    return this.#records;
  }

  /** How many bytes of messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What became of them. */
  get counts(): Counts {
    return totalCounts(this.#partitions.values());
  }

  /** The rejects among them by reason. */
  get reasons(): ReadonlyMap<Reason, number> {
    const sum = new Map<Reason, number>();
    for (const { reasons } of this.#partitions.values()) {
      for (const [reason, count] of reasons) {
        sum.set(reason, (sum.get(reason) ?? 0) + count);
      }
    }
    return sum;
  }

  /** By partition, the checkpoint after the commit. */
  get checkpoints(): ReadonlyMap<number, bigint> {
    return new Map(
      this.#partitions.entries().map(([partition, { range }]) => [partition, range.next]),
    );
  }

  /** Counts what became of a batch; `range` is read up to its end. */
  add({ partition = 0, values }: ValuesBatch, range: OffsetRange, cleaned: Cleaned) {
    let growing = this.#partitions.get(partition);
    if (growing === undefined) {
      growing = { range, counts: noCounts(), reasons: new Map() };
      this.#partitions.set(partition, growing);
    }
    growing.range = range;
    const { counts, reasons } = growing;
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      counts[key] += cleaned.counts[key];
    }
    for (const [reason, count] of cleaned.reasons) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
    this.#records += values.length;
    for (const value of values) this.#bytes += value?.length ?? 0;
  }

  /**
   * Returns what is to be recorded, after all its sums were checked against each other.
   *
   * @throws {PipelineError} If a sum is off: a fault of the program, never of the data.
   */
  delta(ages: AgesByField, olderThan: number, lines: GainedLines): Delta {
    const counts = totalCounts(this.#partitions.values());
    const reasons = this.#partitions.values().flatMap(({ reasons }) => reasons.values());
    checkFunnel({ ...counts, valid: counts.filtered + counts.kept }, {
      rows: lines.rows,
      rejectLines: lines.rejects,
      rejects: reasons.reduce((sum, count) => sum + count, 0),
      records: this.#records,
      ...countAges(ages, olderThan),
    });
    return { partitions: this.#partitions, ages };
  }

  /** Forgets everything. */
  clear(): void {
    this.#partitions.clear();
    this.#records = 0;
    this.#bytes = 0;
  }
}
