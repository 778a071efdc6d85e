/**
 * Cuts blocks of an input into records, however the blocks were cut before.
 *
 * A record is a line, but for two cases. A line with a quoted cell that is still open at its
 * end goes on over the next lines, if it closes properly within 64 KiB and has the expected
 * number of cells; else the line stands alone, so that a stray quote swallows no neighbour.
 * And a line over 64 KiB is handed on as its first 4 KiB and its length, never held whole.
 */
import { type Block, BlockCutter } from "./blocks.ts";
import { concat } from "./bytes.ts";
import { splitRecord } from "./cells.ts";
import { isBlank, MAX_RECORD_BYTES } from "./rules.ts";
import type { BytesBatch, Layout } from "./types.ts";

/** How much of a record that is too long is kept where nobody asks for more, in bytes. */
export const EXCERPT_BYTES = 4096;

/** One record as it stands in an input, without its line end. */
export interface RawRecord {
  /** Its bytes, valid until the next record is asked for; only the first if it is too long. */
  readonly bytes: Uint8Array;
  /** Its whole length in bytes. */
  readonly length: number;
  /** The line on which it begins, counted from 1. */
  readonly line: number;
  /** Where it begins, in bytes from the start of the input. */
  readonly byteOffset: number;
}

/** Where a reader stands between two blocks. */
export interface ReaderState {
  /** The line that comes next, or the one of the line that is too long. */
  readonly line: number;
  /** Where it begins, in bytes from the start of the input. */
  readonly byteOffset: number;
  /** Whether the next record that is not blank is the header. */
  readonly isHeaderNext: boolean;
  /** How many bytes of the next block belong to a record that was read. */
  readonly skip: number;
  /** A line over the limit whose end has not been seen yet. */
  readonly long?: {
    readonly head: Uint8Array;
    readonly length: number;
    readonly lastByte: number;
  };
}

/**
 * Takes those records of the block that are one line each and begin from `at` on, but before
 * `end`, and does all that is to be done with them; returns how many lines and bytes they take.
 */
export type Skim = (
  at: number,
  end: number,
  line: number,
) => { readonly lines: number; readonly bytes: number };

const LF = 10;
const CR = 13;
const QUOTE = 34;
/** One character a byte, so that places in the text are places in the bytes. */
const BYTEWISE = new TextDecoder("latin1");

/** Returns where a reader stands before an input, which begins at that byte: 3 after a BOM. */
export function startOf({ header }: Layout, byteOffset = 0): ReaderState {
  return { line: 1, byteOffset, isHeaderNext: header, skip: 0 };
}

/** Cuts the batches of one input into records; call it with all of them in order. */
export class BatchReader {
  readonly #layout: Layout;
  readonly #cutter: BlockCutter;
  readonly #keptBytes: number;
  #state: ReaderState | undefined;

  /**
   * @param options `keptBytes`: how much of a record that is too long is kept; 4 KiB by
   * default.
   */
  constructor(
    layout: Layout,
    { blockBytes, keptBytes = EXCERPT_BYTES }: {
      readonly blockBytes?: number | undefined;
      readonly keptBytes?: number;
    } = {},
  ) {
    this.#layout = layout;
    this.#cutter = new BlockCutter(layout.lineEnd, blockBytes);
    this.#keptBytes = keptBytes;
  }

  /** Yields the records that are whole, blank lines included, the header left out. */
  *read({ bytes, isLast, byteOffset }: BytesBatch): Generator<RawRecord> {
    let state = this.#state ?? startOf(this.#layout, byteOffset);
    for (const block of this.#cutter.cut(bytes, isLast)) {
      const reader = new BlockReader(this.#layout, state, this.#keptBytes);
      yield* reader.read(block);
      state = reader.state;
    }
    this.#state = state;
  }
}

/** Cuts one block into records. */
export class BlockReader {
  readonly #layout: Layout;
  readonly #lineEnd: number;
  readonly #keptBytes: number;
  #line: number;
  #byteOffset: number;
  #isHeaderNext: boolean;
  #skip: number;
  #long: ReaderState["long"];

  /**
   * @param state Where the reader of the block before it stood.
   * @param keptBytes How much of a record that is too long is kept.
   */
  constructor(layout: Layout, state: ReaderState, keptBytes = EXCERPT_BYTES) {
    this.#layout = layout;
    this.#keptBytes = keptBytes;
    this.#lineEnd = layout.lineEnd.charCodeAt(0);
    this.#line = state.line;
    this.#byteOffset = state.byteOffset;
    this.#isHeaderNext = state.isHeaderNext;
    this.#skip = state.skip;
    this.#long = state.long;
  }

  /** Where the reader stands: for the block that follows. */
  get state(): ReaderState {
    return {
      line: this.#line,
      byteOffset: this.#byteOffset,
      isHeaderNext: this.#isHeaderNext,
      skip: this.#skip,
      ...(this.#long && { long: this.#long }),
    };
  }

  /**
   * Yields the records that begin in the block, blank lines included, the header left out.
   *
   * @param skim Takes records out before they are read here.
   */
  *read(block: Block, skim?: Skim): Generator<RawRecord> {
    for (const record of this.#cut(block, skim)) {
      if (this.#isHeaderNext && !isBlank(record.bytes)) this.#isHeaderNext = false;
      else yield record;
    }
  }

  *#cut({ bytes, own, isEnd }: Block, skim?: Skim): Generator<RawRecord> {
    const isLast = isEnd && own === bytes.length;
    let at = this.#long === undefined
      ? this.#skip
      : yield* this.#endLong(bytes.subarray(0, own), isLast);
    while (at < own) {
      if (skim !== undefined && !this.#isHeaderNext) {
        const skimmed = skim(at, own, this.#line);
        this.#line += skimmed.lines;
        this.#byteOffset += skimmed.bytes;
        at += skimmed.bytes;
        if (at >= own) break;
      }
      const found = this.#find(bytes, at);
      if (found === undefined && !isEnd) {
        this.#startLong(bytes, at, own);
        at = own;
      } else {
        const { record, next, lines } = found ?? this.#unended(bytes, at);
        yield { ...record, line: this.#line, byteOffset: this.#byteOffset };
        this.#line += lines;
        this.#byteOffset += next - at;
        at = next;
      }
    }
    this.#skip = at - own;
  }

  /** Returns the record at `at`, or undefined where its line has no end within the text. */
  #find(text: Uint8Array, at: number): Found | undefined {
    const end = text.indexOf(this.#lineEnd, at);
    if (end < 0) return undefined;
    return this.#acrossLines(text, at, this.#found(text, at, end, true, 1));
  }

  /** Returns the record at `at` that the input's end ends. */
  #unended(text: Uint8Array, at: number): Found {
    return this.#found(text, at, text.length, false, 1);
  }

  /** Returns the line, or the record that begins with it and goes on over the next lines. */
  #acrossLines(text: Uint8Array, at: number, line: Found): Found {
    const { bytes, length } = line.record;
    if (length > MAX_RECORD_BYTES || !bytes.includes(QUOTE)) return line;
    const { delimiter, cells, lineEnd } = this.#layout;
    if (splitRecord(BYTEWISE.decode(bytes), delimiter) !== "open") return line;
    const limit = at + MAX_RECORD_BYTES + 2;
    // most quotes that close do so soon: look at a few lines first, then at more
    for (let size = 256;; size *= 4) {
      const found = text.indexOf(this.#lineEnd, Math.min(at + size, limit));
      const end = found < 0 ? text.length : found + 1;
      const window = BYTEWISE.decode(text.subarray(at, end));
      const split = splitRecord(window, delimiter, lineEnd);
      if (split === "open" && end < Math.min(limit, text.length)) continue;
      if (typeof split === "string" || split.cells.length !== cells) return line;
      if (split.end > MAX_RECORD_BYTES) return line;
      const lines = window.slice(0, split.end).split(lineEnd).length;
      const next = text.indexOf(this.#lineEnd, at + split.end);
      return this.#found(text, at, next < 0 ? text.length : next, next >= 0, lines);
    }
  }

  #found(
    text: Uint8Array,
    at: number,
    end: number,
    hasEnd: boolean,
    lines: number,
  ): Found {
    const isCrLf = hasEnd && this.#lineEnd === LF && end > at && text[end - 1] === CR;
    const length = end - at - (isCrLf ? 1 : 0);
    const kept = length > MAX_RECORD_BYTES ? Math.min(length, this.#keptBytes) : length;
    const record = { bytes: text.subarray(at, at + kept), length };
    return { record, next: end + (hasEnd ? 1 : 0), lines };
  }

  /** Lets go of all but the head of a line that is too long whatever follows. */
  #startLong(bytes: Uint8Array, at: number, own: number): void {
    const head = bytes.slice(at, at + this.#keptBytes);
    this.#long = { head, length: own - at, lastByte: bytes[own - 1]! };
  }

  /** Yields the long line if it ends in `bytes`; returns how many of them belong to it. */
  *#endLong(bytes: Uint8Array, isLast: boolean): Generator<RawRecord, number> {
    const end = bytes.indexOf(this.#lineEnd);
    const part = end < 0 ? bytes : bytes.subarray(0, end);
    const head = this.#lengthen(this.#long!, part);
    const whole = this.#long!.length + part.length;
    const lastByte = part.at(-1) ?? this.#long!.lastByte;
    if (end < 0 && !isLast) {
      this.#long = { head, length: whole, lastByte };
      return bytes.length;
    }
    const length = whole - (end >= 0 && this.#lineEnd === LF && lastByte === CR ? 1 : 0);
    const kept = head.subarray(0, length);
    yield { bytes: kept, length, line: this.#line, byteOffset: this.#byteOffset };
    this.#line++;
    this.#byteOffset += whole + (end < 0 ? 0 : 1);
    this.#long = undefined;
    return part.length + (end < 0 ? 0 : 1);
  }

  /** Returns the head with as much of the line's next part as is kept. */
  #lengthen(
    { head, length }: NonNullable<ReaderState["long"]>,
    part: Uint8Array,
  ): Uint8Array {
    if (head.length >= this.#keptBytes) return head;
    const known = Math.max(0, head.length - length); // what followed the block was seen
    return concat([head, part.subarray(known, known + this.#keptBytes - head.length)]);
  }
}

interface Found {
  readonly record: { readonly bytes: Uint8Array; readonly length: number };
  /** Where the next record begins. */
  readonly next: number;
  /** How many lines the record spans. */
  readonly lines: number;
}
