/**
 * The first few rejects of each reason, read back from the lines of `rejects.jsonl`: whoever
 * cleans has no other form for them.
 */
import type { Cleaned } from "../transform/clean.ts";
import type { RejectLine } from "../transform/rejects.ts";
import type { Reason } from "../transform/types.ts";

/** How many rejects of each reason are kept as examples. */
const EXAMPLES = 5;

/** The examples so far, in input order. */
export class Examples {
  readonly #found = new Map<Reason, number>();
  /** The lines, parsed. */
  readonly lines: RejectLine[] = [];

  /** Takes from the lines what reasons still lack. */
  take({ rejects, reasons }: Pick<Cleaned, "rejects" | "reasons">): void {
    let wanted = 0;
    for (const [reason, count] of reasons) {
      wanted += Math.max(0, Math.min(EXAMPLES - this.#of(reason), count));
    }
    if (wanted === 0 || rejects.length === 0) return; // counted, but not told
    for (const text of new TextDecoder().decode(rejects).split("\n")) {
      const line = JSON.parse(text) as RejectLine;
      if (this.#of(line.reason) === EXAMPLES) continue;
      this.#found.set(line.reason, this.#of(line.reason) + 1);
      this.lines.push(line);
      if (--wanted === 0) return;
    }
  }

  #of(reason: Reason): number {
    return this.#found.get(reason) ?? 0;
  }
}
