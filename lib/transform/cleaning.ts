/**
 * What becomes of a block, or of the values of a topic: the byte kernel takes the common
 * records, the rules as text all others, and both write into the same place, in order.
 */
import { type AgesByField, countAge, moveAges } from "../analyse/ages.ts";
import type { Block } from "./blocks.ts";
import { studentRow } from "./csv.ts";
import type { Kernel } from "./kernel/kernel.ts";
import {
  BlockReader,
  EXCERPT_BYTES,
  type RawRecord,
  type ReaderState,
  type Skim,
} from "./records.ts";
import { beforeNumber, formatReject } from "./rejects.ts";
import { judge, MAX_RECORD_BYTES } from "./rules.ts";
import { type Sink, textSink } from "./sink.ts";
import {
  type Input,
  type Position,
  type Reason,
  REASONS,
  type Reject,
  type Student,
  type ValuesBatch,
} from "./types.ts";

/** How many records of a batch ended where: read = blank + rejected + filtered + kept. */
export interface Counts {
  /** All records. */
  readonly read: number;
  /** Nothing but white space. */
  readonly blank: number;
  /** Refused by a rule. */
  readonly rejected: number;
  /** Valid, but not older than the threshold. */
  readonly filtered: number;
  /** Rows of the CSV. */
  readonly kept: number;
}

/** What became of a batch. */
export interface Cleaned {
  /** The rows of the kept students in input order; valid until the next batch is cleaned. */
  readonly csv: Uint8Array;
  /** The lines of `rejects.jsonl` in input order; valid until the next batch is cleaned. */
  readonly rejects: Uint8Array;
  /** How many records ended where. */
  readonly counts: Counts;
  /** How many were refused for which reason; those that refused none are left out. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** How many records the rules as text have read, because the kernel could not. */
  readonly byText: number;
}

/** What became of a block. */
export interface CleanedBlock extends Cleaned {
  /** Where the block that follows begins. */
  readonly state: ReaderState;
}

/** Cleans blocks and values, in any order; the ages of all of them add up. */
export class Cleaning {
  readonly #olderThan: number;
  readonly #kernel: Kernel | undefined;
  readonly #rows: Sink;
  readonly #rejects: Sink;
  readonly #ages: AgesByField = new Map();
  #tally = new Tally();
  #weight = 1;
  /** Records whose ages are still in the kernel. */
  #untaken = 0;

  constructor(olderThan: number, kernel?: Kernel) {
    this.#olderThan = olderThan;
    this.#kernel = kernel;
    this.#rows = kernel?.rows ?? textSink();
    this.#rejects = kernel?.rejects ?? textSink();
  }

  /**
   * Cleans the records that begin in the block.
   *
   * @param weight What a student counts: 1, or -1 to take the ages of the block back.
   */
  cleanBlock(input: Input, block: Block, state: ReaderState, weight = 1): CleanedBlock {
    this.#weight = weight;
    const kernel = this.#kernelFor(input);
    kernel?.load(block.bytes);
    const skim: Skim | undefined = kernel &&
      ((_, at, end, line) => kernel.run(at, end, line, weight));
    const reader = new BlockReader(input.layout, state);
    for (const record of reader.read(block, skim)) this.#take(judgeRaw(record, input));
    this.#weight = 1;
    return { ...this.#cleaned(), state: reader.state };
  }

  /** Cleans whole records, one a value. */
  cleanValues(batch: ValuesBatch): Cleaned {
    const kernel = this.#kernelFor(batch.input, batch.partition);
    for (let from = 0; from < batch.values.length;) {
      const packed = kernel && pack(batch, from, kernel.capacity);
      if (packed === undefined) this.#take(judgeValue(batch, from++));
      else {
        this.#takePacked(batch, from, packed, kernel!);
        from += packed.values;
      }
    }
    return this.#cleaned();
  }

  /** Adds the ages of the valid students since the last time, kept or not. */
  takeAges(into: AgesByField): void {
    this.#kernel?.takeAges(this.#ages);
    moveAges(into, this.#ages);
  }

  #kernelFor({ name, layout }: Input, partition?: number): Kernel | undefined {
    const place = UTF8.encode(beforeNumber(name, partition));
    if (!this.#kernel?.canTake(layout, place)) return undefined;
    this.#kernel.use(layout, place);
    return this.#kernel;
  }

  #takePacked(batch: ValuesBatch, from: number, packed: Packed, kernel: Kernel): void {
    kernel.load(packed.text);
    const end = packed.text.length;
    let value = from;
    for (let at = 0; at < end;) {
      const ran = kernel.run(at, end, Number(batch.offsets[value]), 1);
      at += ran.bytes;
      value += ran.lines;
      if (at === end) break;
      this.#take(judgeValue(batch, value++));
      at = packed.text.indexOf(LF, at) + 1;
    }
  }

  #take(verdict: Verdict): void {
    this.#tally.byText++;
    const isStudent = typeof verdict === "object" && "field" in verdict;
    this.#kernel?.learn(isStudent ? verdict.field : undefined);
    if (verdict === "blank") this.#tally.blank++;
    else if ("reason" in verdict) {
      this.#tally.refuse(verdict.reason);
      this.#rejects.append(formatReject(verdict));
    } else {
      countAge(this.#ages, verdict.field, verdict.age, this.#weight);
      if (verdict.age <= this.#olderThan) this.#tally.filtered++;
      else {
        this.#tally.kept++;
        this.#rows.append(studentRow(verdict));
      }
    }
  }

  #cleaned(): Cleaned {
    const tally = this.#tally;
    this.#tally = new Tally();
    if (this.#kernel !== undefined) tally.add(this.#kernel.takeCounts());
    const result = tally.result();
    this.#untaken += result.counts.read;
    if (this.#untaken > MOST_UNTAKEN) {
      this.#kernel?.takeAges(this.#ages);
      this.#untaken = 0;
    }
    return { csv: this.#rows.take(), rejects: this.#rejects.take(), ...result };
  }
}

/** After so many records the kernel's counts of ages, of 32 bits each, are taken over. */
const MOST_UNTAKEN = 2 ** 30;
const UTF8 = new TextEncoder();
const LF = 10;
const CR = 13;

/** Counts what became of records. */
class Tally {
  byText = 0;
  blank = 0;
  filtered = 0;
  kept = 0;
  readonly #reasons = new Map<Reason, number>();

  refuse(reason: Reason, times = 1): void {
    if (times > 0) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + times);
  }

  add({ read, blank, kept, rejects }: ReturnType<Kernel["takeCounts"]>): void {
    this.blank += blank;
    this.kept += kept;
    this.filtered += rejects.reduce((rest, count) => rest - count, read - blank - kept);
    for (const [i, count] of rejects.entries()) this.refuse(REASONS[i]!, count);
  }

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

/** Values of consecutive offsets as lines of text. */
interface Packed {
  readonly text: Uint8Array;
  /** How many they are. */
  readonly values: number;
}

let packing = new Uint8Array(0);

/** Returns the values from there on as lines; undefined where the first cannot be a line. */
function pack(
  { values, offsets }: ValuesBatch,
  from: number,
  capacity: number,
): Packed | undefined {
  if (packing.length < capacity) packing = new Uint8Array(capacity);
  let length = 0;
  let count = 0;
  for (let i = from; i < values.length; i++, count++) {
    if (count > 0 && offsets[i]! !== offsets[i - 1]! + 1n) break;
    const value = values[i] && withoutLineEnd(values[i]!);
    if (!value || value.length > MAX_RECORD_BYTES || value.at(-1) === CR) break;
    if (length + value.length + 1 > capacity || value.includes(LF)) break;
    packing.set(value, length);
    length += value.length;
    packing[length++] = LF;
  }
  return count === 0 ? undefined : { text: packing.subarray(0, length), values: count };
}

/** What a record is. */
export type Verdict = Student | Reject | "blank";

/** Returns what a record of an input is, by the rules as text. */
export function judgeRaw(record: RawRecord, { name, layout }: Input): Verdict {
  const isLong = record.length > MAX_RECORD_BYTES;
  const verdict = isLong ? "too_long" : judge(record.bytes, layout);
  if (typeof verdict === "object" || verdict === "blank") return verdict;
  const extent = { bytes: record.length, byteOffset: record.byteOffset };
  const position = { source: name, offset: BigInt(record.line) };
  return reject(position, verdict, record.bytes, isLong ? extent : undefined);
}

/** Returns what a value of a batch is, by the rules as text. */
export function judgeValue(batch: ValuesBatch, i: number): Verdict {
  const { input: { name, layout }, values, offsets, partition } = batch;
  const record = values[i] && withoutLineEnd(values[i]!);
  const verdict = judge(record ?? null, layout);
  if (typeof verdict === "object" || verdict === "blank") return verdict;
  const position = {
    source: name,
    offset: offsets[i]!,
    ...(partition !== undefined && { partition }),
  };
  const raw = record ?? new Uint8Array(0);
  return verdict === "too_long"
    ? reject(position, verdict, raw.subarray(0, EXCERPT_BYTES), { bytes: raw.length })
    : reject(position, verdict, raw);
}

function reject(
  position: Position,
  reason: Reason,
  raw: Uint8Array,
  extent?: Reject["extent"],
): Reject {
  const whole = { position, reason, raw: raw.slice() }; // the batch's memory is used again
  return extent === undefined ? whole : { ...whole, extent };
}

function withoutLineEnd(value: Uint8Array): Uint8Array {
  const last = value.length - 1;
  if (value[last] === CR) return value.subarray(0, last);
  if (value[last] !== LF) return value;
  return value.subarray(0, value[last - 1] === CR ? last - 1 : last);
}
