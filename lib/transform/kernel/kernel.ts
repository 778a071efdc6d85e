/**
 * The byte kernel's other half: hands it whole lines, and teaches it the spellings of fields
 * that the rules as text have read.
 */
import { type AgesByField, mergeAges, noAges } from "../../analyse/ages.ts";
import { splitRecord } from "../cells.ts";
import { csvCell } from "../csv.ts";
import { MAX_AGE, normalise } from "../rules.ts";
import type { Layout, Student } from "../types.ts";
import { KERNEL_WASM } from "./wasm.ts";

/** What `assembly/kernel.ts` exports; its constants are described there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  readonly OUTPUT: WebAssembly.Global;
  readonly UPPER_CASE: WebAssembly.Global;
  readonly FIELDS: WebAssembly.Global;
  readonly FIELD_BYTES: WebAssembly.Global;
  readonly FIELD_BYTES_SIZE: WebAssembly.Global;
  readonly MOST_FIELDS: WebAssembly.Global;
  readonly AGES: WebAssembly.Global;
  readonly records: WebAssembly.Global;
  readonly kept: WebAssembly.Global;
  readonly out: WebAssembly.Global;
  start(): void;
  run(at: number, end: number, out: number, delimiter: number, olderThan: number): number;
  learn(from: number, field: number): void;
  forget(): void;
}

/** What a run over common records did. */
export interface Skimmed {
  /** How many bytes of the text they take: whole lines. */
  readonly bytes: number;
  /** How many they are. */
  readonly records: number;
  /** How many of them were kept. */
  readonly kept: number;
}

/** How much text is given to the kernel at a time; three times as much may come out. */
const WINDOW_BYTES = 256 * 1024;
/** From this many bytes on, the output is taken out of the kernel's memory. */
const FULL_BYTES = 3 * 1024 * 1024;
/** The longest spelling that is remembered. */
const LONGEST_SPELLING = 1024;
const AGE_COUNTS = MAX_AGE + 1;
const DELIMITERS = [",", ";", "\t", "|"];
const LF = 10;
const QUOTE = 34;
const UTF8 = new TextEncoder();
const BYTEWISE = new TextDecoder("latin1");

/** Whether the kernel can skim records of this layout. */
export function isSkimmable({ delimiter, cells, columns, lineEnd }: Layout): boolean {
  return lineEnd === "\n" && cells === 3 && DELIMITERS.includes(delimiter) &&
    "name" in columns && columns.name === 0 && columns.age === 1 && columns.field === 2;
}

/** One instance of the kernel with its memory. */
export class Kernel {
  readonly #wasm: Exports;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #olderThan: number;
  readonly #ids = new Map<string, number>();
  readonly #done: Uint8Array[] = [];
  #fieldEnd: number;
  #out: number;
  #delimiter = "";
  /** The text whose lines stand in the input, and which part of it. */
  #text: Uint8Array | undefined;
  #from = 0;
  #end = 0;
  /** Where in the text the kernel stopped at an uncommon record. */
  #stop = 0;

  /** @throws {WebAssembly.CompileError} If the machine has no WebAssembly SIMD. */
  constructor(olderThan: number) {
    const module = new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_WASM));
    this.#wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
    this.#view = new DataView(this.#wasm.memory.buffer);
    this.#olderThan = olderThan;
    this.#fieldEnd = this.#wasm.FIELD_BYTES.value;
    this.#out = this.#wasm.OUTPUT.value;
    this.#wasm.start();
    this.#fillUpperCase();
  }

  /**
   * Takes the common records that begin at `at`, up to the first uncommon one.
   *
   * @param text Unchanged as long as it is the same object.
   */
  skim(text: Uint8Array, at: number, { delimiter }: Layout): Skimmed {
    if (delimiter !== this.#delimiter) this.#wasm.forget();
    this.#delimiter = delimiter;
    let [records, kept, next] = [0, 0, at];
    while (true) {
      if (text !== this.#text || next >= this.#end || next < this.#from) {
        if (!this.#load(text, next)) break;
      }
      if (this.#out - this.#wasm.OUTPUT.value > FULL_BYTES) this.#takeOut();
      next = this.#run(next);
      records += this.#wasm.records.value;
      kept += this.#wasm.kept.value;
      if (next < this.#end) break;
    }
    this.#stop = next;
    return { bytes: next - at, records, kept };
  }

  /** Appends the row of a student whom the rules as text kept. */
  append(row: string): void {
    if (this.#out - this.#wasm.OUTPUT.value > FULL_BYTES) this.#takeOut();
    const { written } = UTF8.encodeInto(row, this.#bytes.subarray(this.#out));
    this.#out += written;
  }

  /** Remembers how the record at which the kernel stopped spells the student's field. */
  learn({ field }: Student): void {
    if (this.#text === undefined || this.#stop >= this.#end) return;
    const lineEnd = this.#text.indexOf(LF, this.#stop);
    const line = this.#text.subarray(this.#stop, lineEnd);
    const start = spellingStart(line, this.#delimiter);
    if (start === undefined || line.length - start > LONGEST_SPELLING) return;
    const id = this.#idOf(field);
    if (id === undefined) return;
    this.#wasm.learn(this.#wasm.INPUT.value + this.#stop - this.#from + start, id);
  }

  /** Returns all rows since the last time; valid until the next ones are made. */
  takeRows(): Uint8Array {
    const { OUTPUT } = this.#wasm;
    if (this.#done.length === 0) {
      const rows = this.#bytes.subarray(OUTPUT.value, this.#out);
      this.#out = OUTPUT.value;
      return rows;
    }
    this.#takeOut();
    const rows = new Uint8Array(this.#done.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const part of this.#done.splice(0)) {
      rows.set(part, end);
      end += part.length;
    }
    return rows;
  }

  /** Adds the ages that were counted since the last time. */
  takeAges(into: AgesByField): void {
    const { AGES, memory } = this.#wasm;
    for (const [field, id] of this.#ids) {
      const at = AGES.value + id * AGE_COUNTS * 4;
      const counts = new Uint32Array(memory.buffer, at, AGE_COUNTS);
      if (!counts.some((count) => count > 0)) continue;
      const ages = noAges();
      ages.set(counts);
      mergeAges(into, new Map([[field, ages]]));
      counts.fill(0);
    }
  }

  #run(at: number): number {
    const input = this.#wasm.INPUT.value - this.#from;
    const delimiter = this.#delimiter.charCodeAt(0);
    const end = input + this.#end;
    const next = this.#wasm.run(input + at, end, this.#out, delimiter, this.#olderThan);
    this.#out = this.#wasm.out.value;
    return next - input;
  }

  /** Copies the whole lines from there into the input; false where there is none. */
  #load(text: Uint8Array, from: number): boolean {
    const window = text.subarray(from, from + WINDOW_BYTES);
    const length = window.lastIndexOf(LF) + 1;
    this.#text = text;
    this.#from = from;
    this.#end = from + length;
    this.#bytes.set(window.subarray(0, length), this.#wasm.INPUT.value);
    return length > 0;
  }

  #takeOut(): void {
    const { OUTPUT } = this.#wasm;
    this.#done.push(this.#bytes.slice(OUTPUT.value, this.#out));
    this.#out = OUTPUT.value;
  }

  #idOf(field: string): number | undefined {
    const known = this.#ids.get(field);
    if (known !== undefined) return known;
    const { FIELDS, FIELD_BYTES, FIELD_BYTES_SIZE, MOST_FIELDS } = this.#wasm;
    const cell = UTF8.encode(`${csvCell(field)}\n`);
    const id = this.#ids.size;
    const room = (cell.length + 15) & ~15;
    if (id === MOST_FIELDS.value) return undefined;
    if (this.#fieldEnd + room > FIELD_BYTES.value + FIELD_BYTES_SIZE.value) {
      return undefined;
    }
    this.#ids.set(field, id);
    this.#bytes.set(cell, this.#fieldEnd);
    this.#view.setUint32(FIELDS.value + 8 * id, this.#fieldEnd, true);
    this.#view.setUint32(FIELDS.value + 8 * id + 4, cell.length, true);
    this.#fieldEnd += room;
    return id;
  }

  /** The upper case of each letter of two bytes, made by the rules themselves. */
  #fillUpperCase(): void {
    for (let codePoint = 0x80; codePoint < 0x800; codePoint++) {
      const letter = String.fromCodePoint(codePoint);
      if (/[\p{M}\p{Cc}\p{Cf}\s]/u.test(letter)) continue; // not a letter of its own
      const upper = UTF8.encode(normalise(letter));
      const at = this.#wasm.UPPER_CASE.value + 8 * codePoint;
      this.#bytes.set(upper, at);
      this.#bytes[at + 7] = upper.length;
    }
  }
}

/**
 * Returns where the spelling of the field begins in a line, or undefined where the line's
 * other cells decide on its meaning: quotes before it, or a quote that is still open.
 */
function spellingStart(line: Uint8Array, delimiter: string): number | undefined {
  const code = delimiter.charCodeAt(0);
  const first = line.indexOf(code);
  const second = line.indexOf(code, first + 1);
  if (first < 0 || second < 0 || line.subarray(0, second).includes(QUOTE)) {
    return undefined;
  }
  let start = second + 1;
  while (line[start] === 32) start++;
  const end = line.at(-1) === 13 ? line.length - 1 : line.length;
  const split = splitRecord(BYTEWISE.decode(line.subarray(start, end)), delimiter);
  return typeof split === "object" && split.cells.length === 1 ? start : undefined;
}
