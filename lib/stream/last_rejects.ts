/**
 * The last rejects that came, for whoever watches.
 */
import type { RejectLine } from "../transform/rejects.ts";

/** How many are kept. */
const MOST = 10;
const LINE_END = 10;

/** Keeps the last rejects; parses them only when somebody looks. */
export class LastRejects {
  readonly #decoder = new TextDecoder();
  #lines: readonly Uint8Array[] = [];

  /** Takes lines of `rejects.jsonl`; their memory may be used again. */
  add(lines: Uint8Array): void {
    const taken: Uint8Array[] = [];
    for (let end = lines.length; end > 0 && taken.length < MOST;) {
      const start = lines.lastIndexOf(LINE_END, end - 2) + 1;
      taken.unshift(lines.slice(start, end));
      end = start;
    }
    if (taken.length > 0) this.#lines = [...this.#lines, ...taken].slice(-MOST);
  }

  /** Returns them, the newest last. */
  lines(): readonly RejectLine[] {
    return this.#lines.map((line) => JSON.parse(this.#decoder.decode(line)));
  }
}
