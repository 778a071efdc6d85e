/**
 * The byte kernel's other half: gives it text and layout, and teaches it the spellings of
 * fields that the rules as text have read.
 */
import { type AgesByField, noAges } from "../../analyse/ages.ts";
import { csvCell } from "../csv.ts";
import { MAX_AGE } from "../rules.ts";
import { RegionSink } from "../sink.ts";
import { type Layout, REASONS } from "../types.ts";
import { type Exports, instantiate } from "./exports.ts";
import { fillTables } from "./tables.ts";

/** What the kernel has counted. */
export interface KernelCounts {
  readonly read: number;
  readonly blank: number;
  readonly kept: number;
  /** Rejects by the place of their reason in {@linkcode REASONS}. */
  readonly rejects: readonly number[];
}

/** The longest spelling that is remembered. */
const LONGEST_SPELLING = 1024;
const AGE_COUNTS = MAX_AGE + 1;
const DELIMITERS = [",", ";", "\t", "|"];
const NO_COLUMN = -1;
const LF = 10;
const UTF8 = new TextEncoder();

/** One instance of the kernel with its memory. */
export class Kernel {
  /** The rows of the CSV. */
  readonly rows: RegionSink;
  /** The lines of `rejects.jsonl`. */
  readonly rejects: RegionSink;
  /** How long the text can be that {@linkcode Kernel.load} takes. */
  readonly capacity: number;
  readonly #wasm: Exports;
  readonly #bytes: Uint8Array;
  readonly #numbers: Int32Array;
  readonly #olderThan: number;
  /** The fields for which the spellings stand that the kernel knows, in its order. */
  readonly #fields: string[] = [];
  #end = 0;

  /** @throws {WebAssembly.CompileError} If the machine has no WebAssembly SIMD. */
  constructor(olderThan: number) {
    const wasm = instantiate();
    const memory = new Uint8Array(wasm.memory.buffer);
    this.#wasm = wasm;
    this.#bytes = memory;
    this.#numbers = new Int32Array(wasm.memory.buffer);
    this.#olderThan = olderThan;
    this.capacity = wasm.INPUT_SIZE.value;
    this.rows = new RegionSink({
      memory,
      start: wasm.ROWS.value,
      size: wasm.ROWS_SIZE.value,
      full: wasm.ROWS_FULL.value,
      end: () => wasm.rowEnd.value,
      setEnd: wasm.setRowEnd,
    });
    this.rejects = new RegionSink({
      memory,
      start: wasm.REJECTS.value,
      size: wasm.REJECTS_SIZE.value,
      full: wasm.REJECTS_FULL.value,
      end: () => wasm.rejectEnd.value,
      setEnd: wasm.setRejectEnd,
    });
    wasm.setRowEnd(wasm.ROWS.value);
    fillTables(memory, wasm);
  }

  /** Whether the kernel can take records of this layout from a source with this place. */
  canTake({ delimiter, cells, lineEnd }: Layout, place: Uint8Array): boolean {
    return lineEnd === "\n" && DELIMITERS.includes(delimiter) &&
      cells <= this.#wasm.MOST_CELLS.value && place.length <= this.#wasm.PLACE_SIZE.value;
  }

  /**
   * Says how the lines of the next text are laid out.
   *
   * @param place What stands before a line's number in the JSON of a reject.
   */
  use({ delimiter, cells, columns }: Layout, place: Uint8Array): void {
    const { PLACE, setLayout, setPlace } = this.#wasm;
    const [name, first, last] = "name" in columns
      ? [columns.name, NO_COLUMN, NO_COLUMN]
      : [NO_COLUMN, columns.first, columns.last];
    const { age, field } = columns;
    setLayout(delimiter.charCodeAt(0), cells, name, first, last, age, field);
    this.#bytes.set(place, PLACE.value);
    setPlace(place.length);
  }

  /** Takes a text to run over. */
  load(text: Uint8Array): void {
    const { INPUT: { value: input }, beginText } = this.#wasm;
    this.#bytes.set(text, input);
    beginText(input + text.length);
    this.#end = text.lastIndexOf(LF) + 1;
  }

  /**
   * Takes the common lines of the text that begin at `at`, up to the first uncommon one.
   *
   * @param end Lines that begin here or later are left.
   * @param number The number of the line at `at`.
   * @param weight What a student counts: 1, or -1 to take back what was counted.
   */
  run(
    at: number,
    end: number,
    number: number,
    weight: number,
  ): { lines: number; bytes: number } {
    const { INPUT: { value: input }, run, records } = this.#wasm;
    const last = input + Math.min(end, this.#end);
    let next = input + at;
    let lines = 0;
    do {
      this.rows.makeRoom();
      this.rejects.makeRoom();
      next = run(next, last, number + lines, this.#olderThan, weight);
      lines += records.value;
    } while (next < last && (this.rows.isFull || this.rejects.isFull));
    return { lines, bytes: next - input - at };
  }

  /**
   * Remembers how the record at which the kernel stopped spells its field.
   *
   * @param field What the rules as text have read; undefined where they refused the record.
   */
  learn(field: string | undefined): void {
    const { newSpelling, newSpellingLength: { value: length } } = this.#wasm;
    const from = newSpelling.value as number;
    newSpelling.value = 0; // the next record may be one that the kernel never saw
    if (field === undefined || from === 0 || length > LONGEST_SPELLING) return;
    const cell = UTF8.encode(`${csvCell(field)}\n`);
    const at = this.#wasm.learn(from, length, cell.length);
    if (at === 0) return;
    this.#bytes.set(cell, at);
    this.#fields.push(field);
  }

  /** Returns what was counted since the last time. */
  takeCounts(): KernelCounts {
    const length = 3 + REASONS.length;
    const counts = new Uint32Array(
      this.#bytes.buffer,
      this.#wasm.COUNTS.value,
      length,
    );
    const [read, blank, kept, ...rejects] = counts;
    counts.fill(0);
    return { read: read!, blank: blank!, kept: kept!, rejects };
  }

  /** Adds the ages that were counted since the last time. */
  takeAges(into: AgesByField): void {
    const { ENTRIES, ENTRY_SIZE, ENTRY_AGES } = this.#wasm;
    for (const [i, field] of this.#fields.entries()) {
      const start = (ENTRIES.value + i * ENTRY_SIZE.value + ENTRY_AGES.value) / 4;
      const counts = this.#numbers.subarray(start, start + AGE_COUNTS);
      let ages = into.get(field);
      for (let age = 0; age < AGE_COUNTS; age++) {
        if (counts[age] === 0) continue;
        if (ages === undefined) into.set(field, ages = noAges());
        ages[age]! += counts[age]!;
      }
      counts.fill(0);
    }
  }
}
