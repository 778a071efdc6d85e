/**
 * Counts what becomes of records, one by one or many at once.
 */
import type { Cleaned } from "./cleaned.ts";
import type { KernelCounts } from "./kernel/kernel.ts";
import { type Reason, REASONS } from "./types.ts";

/** Counts what became of records. */
export class Tally {
  byText = 0;
  blank = 0;
  filtered = 0;
  kept = 0;
  readonly #reasons = new Map<Reason, number>();

  /** Counts rejects. */
  refuse(reason: Reason, times = 1): void {
    if (times > 0) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + times);
  }

  /** Adds what the kernel has counted. */
  add({ read, blank, kept, rejects }: KernelCounts): void {
    this.blank += blank;
    this.kept += kept;
    this.filtered += rejects.reduce((rest, count) => rest - count, read - blank - kept);
    for (const [i, count] of rejects.entries()) this.refuse(REASONS[i]!, count);
  }

  /** Returns the sums. */
  result(): Pick<Cleaned, "counts" | "reasons" | "byText"> {
    const { blank, filtered, kept, byText } = this;
    const rejected = this.#reasons.values().reduce((sum, count) => sum + count, 0);
    const read = blank + rejected + filtered + kept;
    return {
      counts: { read, blank, rejected, filtered, kept },
      reasons: this.#reasons,
      byText,
    };
  }
}
