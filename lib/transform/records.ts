/**
 * Cuts the bytes of an input into records, however the bytes were cut before.
 *
 * A record is a line, but for two cases. A line with a quoted cell that is still open at its
 * end goes on over the next lines, if it closes properly within 64 KiB and has the expected
 * number of cells; else the line stands alone, so that a stray quote swallows no neighbour.
 * And a line over 64 KiB is handed on as its first 4 KiB and its length, never held whole.
 */
import { splitRecord } from "./cells.ts";
import { isBlank, MAX_RECORD_BYTES } from "./rules.ts";
import type { Layout } from "./types.ts";

/** How much of a record that is too long is kept, in bytes. */
export const EXCERPT_BYTES = 4096;

/** One record as it stands in an input, without its line end. */
export interface RawRecord {
  /** Its bytes, valid until the next record is asked for; the first 4 KiB if it is too long. */
  readonly bytes: Uint8Array;
  /** Its whole length in bytes. */
  readonly length: number;
  /** The line on which it begins, counted from 1. */
  readonly line: number;
  /** Where it begins, in bytes from the start of the input. */
  readonly byteOffset: number;
}

/**
 * Takes records that are one line each, from `at` on, and does all that is to be done with
 * them; returns how many they are and how many bytes they take.
 */
export type Skim = (
  text: Uint8Array,
  at: number,
) => { readonly bytes: number; readonly records: number };

const LF = 10;
const CR = 13;
const QUOTE = 34;
/** One character a byte, so that places in the text are places in the bytes. */
const BYTEWISE = new TextDecoder("latin1");

/** Cuts one input into records; call it with all the input's bytes in order. */
export class RecordReader {
  readonly #layout: Layout;
  readonly #lineEnd: number;
  /** What is not yet known to be whole. */
  #rest = new Uint8Array(0);
  #line = 1;
  #byteOffset: number;
  #header: boolean;
  /** A record over the limit whose end has not been seen yet. */
  #long: { head: Uint8Array; length: number; lastByte: number } | undefined;

  /** @param byteOffset Where the first byte stands in the input: 3 after a BOM. */
  constructor(layout: Layout, byteOffset = 0) {
    this.#layout = layout;
    this.#lineEnd = layout.lineEnd === "\n" ? LF : CR;
    this.#byteOffset = byteOffset;
    this.#header = layout.header;
  }

  /**
   * Yields the records that are whole, blank lines included, the header left out.
   *
   * @param bytes What follows in the input.
   * @param isLast Whether nothing follows after these bytes.
   * @param skim Takes records out before they are read here.
   */
  *read(bytes: Uint8Array, isLast: boolean, skim?: Skim): Generator<RawRecord> {
    for (const record of this.#cut(bytes, isLast, skim)) {
      if (this.#header && !isBlank(record.bytes)) this.#header = false;
      else yield record;
    }
  }

  *#cut(bytes: Uint8Array, isLast: boolean, skim?: Skim): Generator<RawRecord> {
    const start = this.#long === undefined ? 0 : yield* this.#endLong(bytes, isLast);
    const text = concat(this.#rest, bytes.subarray(start));
    let at = 0;
    while (at < text.length) {
      if (skim !== undefined && !this.#header) {
        const { bytes, records } = skim(text, at);
        this.#line += records;
        this.#byteOffset += bytes;
        at += bytes;
        if (at === text.length) break;
      }
      const found = this.#find(text, at, isLast);
      if (found === undefined) break;
      yield { ...found.record, line: this.#line, byteOffset: this.#byteOffset };
      this.#line += found.lines;
      this.#byteOffset += found.next - at;
      at = found.next;
    }
    this.#rest = text.slice(at);
    // + 2: the line end may be CR and LF
    if (this.#rest.length > MAX_RECORD_BYTES + 2) this.#startLong();
  }

  /** Returns the record that begins at `at`, or undefined where more bytes are needed. */
  #find(text: Uint8Array, at: number, isLast: boolean): Found | undefined {
    const end = text.indexOf(this.#lineEnd, at);
    if (end < 0 && !isLast) return undefined;
    const line = this.#found(text, at, end < 0 ? text.length : end, end >= 0, 1);
    if (line.record.length > MAX_RECORD_BYTES) return line;
    if (!line.record.bytes.includes(QUOTE)) return line;
    const { delimiter } = this.#layout;
    if (splitRecord(BYTEWISE.decode(line.record.bytes), delimiter) !== "open") {
      return line;
    }
    const limit = at + MAX_RECORD_BYTES + 2;
    if (text.length < limit && !isLast) return undefined;
    return this.#acrossLines(text, at, limit) ?? line;
  }

  /** Returns the record at `at` if its quotes close and its cells are as many as expected. */
  #acrossLines(text: Uint8Array, at: number, limit: number): Found | undefined {
    const { delimiter, cells, lineEnd } = this.#layout;
    // most quotes that close do so soon: look at a few lines first, then at more
    for (let size = 256;; size *= 4) {
      const found = text.indexOf(this.#lineEnd, Math.min(at + size, limit));
      const end = found < 0 ? text.length : found + 1;
      const window = BYTEWISE.decode(text.subarray(at, end));
      const split = splitRecord(window, delimiter, lineEnd);
      if (split === "open" && end < Math.min(limit, text.length)) continue;
      if (typeof split === "string" || split.cells.length !== cells) return undefined;
      if (split.end > MAX_RECORD_BYTES) return undefined;
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
    const kept = length > MAX_RECORD_BYTES ? EXCERPT_BYTES : length;
    const record = { bytes: text.subarray(at, at + kept), length };
    return { record, next: end + (hasEnd ? 1 : 0), lines };
  }

  /** Lets go of all but the head of a line that is too long whatever follows. */
  #startLong(): void {
    const { length } = this.#rest;
    const head = this.#rest.slice(0, EXCERPT_BYTES);
    this.#long = { head, length, lastByte: this.#rest[length - 1]! };
    this.#rest = new Uint8Array(0);
  }

  /** Yields the long line if it ends in `bytes`; returns how many of them belong to it. */
  *#endLong(bytes: Uint8Array, isLast: boolean): Generator<RawRecord, number> {
    const long = this.#long!;
    const end = bytes.indexOf(this.#lineEnd);
    const part = end < 0 ? bytes : bytes.subarray(0, end);
    long.length += part.length;
    long.lastByte = part.at(-1) ?? long.lastByte;
    if (end < 0 && !isLast) return bytes.length;
    const isCrLf = end >= 0 && this.#lineEnd === LF && long.lastByte === CR;
    const length = long.length - (isCrLf ? 1 : 0);
    yield { bytes: long.head, length, line: this.#line, byteOffset: this.#byteOffset };
    this.#line++;
    this.#byteOffset += long.length + (end < 0 ? 0 : 1);
    this.#long = undefined;
    return part.length + (end < 0 ? 0 : 1);
  }
}

interface Found {
  readonly record: { readonly bytes: Uint8Array; readonly length: number };
  /** Where the next record begins. */
  readonly next: number;
  /** How many lines the record spans. */
  readonly lines: number;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
