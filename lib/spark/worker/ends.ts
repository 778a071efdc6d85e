/**
 * Whether Spark has cut a record in two. It cuts files at line ends, and a record with line
 * ends in a quoted cell that goes on in the next split cannot be put together again.
 */
import { concat } from "../../transform/bytes.ts";
import { splitRecord } from "../../transform/cells.ts";
import { MAX_RECORD_BYTES } from "../../transform/rules.ts";
import type { Layout } from "../../transform/types.ts";

const QUOTE = 34;
/** One character a byte. */
const BYTEWISE = new TextDecoder("latin1");

/** Remembers how a split ends. */
export class SplitTail {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Takes the next lines of the split. */
  take(lines: Uint8Array): void {
    const piece = lines.slice(-MAX_RECORD_BYTES);
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > 4 * MAX_RECORD_BYTES) this.#bytes();
  }

  /** Returns as many of the last bytes as a record can have. */
  #bytes(): Uint8Array {
    const bytes = concat(this.#pieces).slice(-MAX_RECORD_BYTES);
    this.#pieces = [bytes];
    this.#length = bytes.length;
    return bytes;
  }

  /** Whether the last record has a quote that is still open. */
  isOpen({ delimiter, lineEnd }: Layout): boolean {
    const bytes = this.#bytes();
    if (!bytes.includes(QUOTE)) return false;
    const text = BYTEWISE.decode(bytes);
    let at = 0;
    while (at < text.length) {
      const split = splitRecord(text.slice(at), delimiter, lineEnd);
      if (split === "open") return true;
      const from = typeof split === "object" ? at + split.end : at;
      at = text.indexOf(lineEnd, from) + 1;
      if (at === 0) return false;
    }
    return false;
  }
}
