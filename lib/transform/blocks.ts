/**
 * Cuts the bytes of an input into blocks that can be read by themselves, even in another
 * thread: each ends at a line end where it has one, and comes with as much of what follows
 * as a record that begins in it can need.
 */
import { countByte } from "./kernel/lines.ts";
import { MAX_RECORD_BYTES } from "./rules.ts";

/** A part of an input. */
export interface Block {
  /** The block's own bytes and what follows them; valid until the next block is asked for. */
  readonly bytes: Uint8Array;
  /** How many of them are the block's own. */
  readonly own: number;
  /**
   * Whether the input ends with `bytes`. Else 64 KiB and 2 follow the block's own, where a
   * record that begins in the block may need them.
   */
  readonly isEnd: boolean;
}

/** How long a block is at most, unless it is the last one. */
export const BLOCK_BYTES = 1024 * 1024;
/** With so many bytes from its start, a record is whole or too long: CR and LF may end it. */
const LOOKAHEAD_BYTES = MAX_RECORD_BYTES + 2;
const QUOTE = 34;

/** Cuts one input; call it with all the input's bytes in order. */
export class BlockCutter {
  readonly #lineEnd: number;
  readonly #blockBytes: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  /** @param lineEnd What ends a line. */
  constructor(lineEnd: "\n" | "\r", blockBytes = BLOCK_BYTES) {
    this.#lineEnd = lineEnd.charCodeAt(0);
    this.#blockBytes = blockBytes;
  }

  /**
   * Yields the blocks that are whole; the last one of an input may be empty.
   *
   * @param least How many bytes are worth a block, unless the input ends.
   */
  *cut(bytes: Uint8Array, isLast: boolean, least = 1): Generator<Block> {
    this.#append(bytes);
    let from = 0;
    while (this.#length - from >= (isLast ? this.#blockBytes + 1 : least)) {
      const own = this.#ownBytes(from, isLast);
      if (own === 0) break;
      const end = Math.min(from + own + LOOKAHEAD_BYTES, this.#length);
      const isEnd = isLast && end === this.#length;
      yield { bytes: this.#bytes.subarray(from, end), own, isEnd };
      from += own;
    }
    if (isLast) {
      const rest = this.#bytes.subarray(from, this.#length);
      yield { bytes: rest, own: rest.length, isEnd: true };
    }
    this.#bytes.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(length + (length >> 1));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** Returns how many bytes the block from there on has; 0 where more are needed to tell. */
  #ownBytes(from: number, isLast: boolean): number {
    const decided = isLast ? this.#length : this.#length - LOOKAHEAD_BYTES;
    const end = Math.min(from + this.#blockBytes, this.#length);
    const known = this.#bytes.subarray(from, end);
    // a line without quotes ends where it ends, whatever follows
    const hasQuotes = countByte(known, QUOTE) > 0;
    const own = hasQuotes
      ? this.#endOfLines(known.subarray(0, Math.max(0, decided - from)))
      : known.lastIndexOf(this.#lineEnd) + 1;
    if (own > 0) return own;
    return decided >= from + this.#blockBytes ? this.#blockBytes : 0;
  }

  /**
   * Returns where the last line ends that ends outside quotes, so that the next block begins
   * where a record does; 0 where there is none. A quote that is open for more than 64 KiB is a
   * stray one, and any line's end will do.
   */
  #endOfLines(text: Uint8Array): number {
    const last = text.lastIndexOf(this.#lineEnd) + 1;
    let end = last;
    let quotes = countByte(text.subarray(0, end), QUOTE);
    while (quotes % 2 === 1) {
      const opening = text.lastIndexOf(QUOTE, end - 1);
      const start = text.lastIndexOf(this.#lineEnd, opening) + 1;
      if (last - start > MAX_RECORD_BYTES) return last;
      quotes -= countByte(text.subarray(start, end), QUOTE);
      end = start;
    }
    return end;
  }
}
