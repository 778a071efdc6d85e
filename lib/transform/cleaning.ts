/**
 * What becomes of a block, or of the values of a topic: the byte kernel takes the common
 * records, the rules as text all others, and both write into the same place, in order.
 */
import { type AgesByField, countAge, moveAges } from "../analyse/ages.ts";
import type { Block } from "./blocks.ts";
import type { Cleaned, CleanedBlock } from "./cleaned.ts";
import { studentRow } from "./csv.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { pack, type Packed } from "./packing.ts";
import { BlockReader, type ReaderState, type Skim } from "./records.ts";
import { beforeNumber, formatReject } from "./rejects.ts";
import { type Sink, textSink } from "./sink.ts";
import { Tally } from "./tally.ts";
import type { Input, ValuesBatch } from "./types.ts";
import { judgeRaw, judgeValue, type Verdict } from "./verdict.ts";

/** Cleans blocks and values, in any order; the ages of all of them add up. */
export class Cleaning {
  readonly #olderThan: number;
  readonly #kernel: Kernel | undefined;
  readonly #rows: Sink;
  readonly #rejects: Sink;
  readonly #ages: AgesByField = new Map();
  readonly #mostUntaken: number;
  #tally = new Tally();
  /** Records whose ages are still in the kernel. */
  #untaken = 0;

  /**
   * @param mostUntaken After so many records the kernel's counts of ages, of 32 bits each, are
   * taken over.
   */
  constructor(olderThan: number, kernel?: Kernel, mostUntaken = 2 ** 30) {
    this.#olderThan = olderThan;
    this.#mostUntaken = mostUntaken;
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
    const kernel = this.#kernelFor(input);
    kernel?.load(block.bytes);
    const skim: Skim | undefined = kernel &&
      ((at, end, line) => kernel.run(at, end, line, weight));
    const reader = new BlockReader(input.layout, state);
    for (const record of reader.read(block, skim)) {
      this.#take(judgeRaw(record, input), weight);
    }
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

  #take(verdict: Verdict, weight = 1): void {
    this.#tally.byText++;
    const isStudent = typeof verdict === "object" && "field" in verdict;
    this.#kernel?.learn(isStudent ? verdict.field : undefined);
    if (verdict === "blank") this.#tally.blank++;
    else if ("reason" in verdict) {
      this.#tally.refuse(verdict.reason);
      this.#rejects.append(formatReject(verdict));
    } else {
      countAge(this.#ages, verdict.field, verdict.age, weight);
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
    if (this.#untaken > this.#mostUntaken) {
      this.#kernel?.takeAges(this.#ages);
      this.#untaken = 0;
    }
    return { csv: this.#rows.take(), rejects: this.#rejects.take(), ...result };
  }
}

const UTF8 = new TextEncoder();
const LF = 10;
