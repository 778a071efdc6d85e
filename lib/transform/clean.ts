/**
 * The seam: a batch goes in; CSV bytes, rejects, counts and ages come out. Who does the work
 * is an argument wherever cleaning is done: {@linkcode textCleaner} goes by the rules as text,
 * {@linkcode fastCleaner} lets the byte kernel take the common records and gives the same
 * bytes.
 */
import type { AgesByField } from "../analyse/ages.ts";
import { BlockCutter } from "./blocks.ts";
import { concat } from "./bytes.ts";
import type { Cleaned, Counts } from "./cleaned.ts";
import { Cleaning } from "./cleaning.ts";
import { Kernel } from "./kernel/kernel.ts";
import { unlessMissing } from "./kernel/simd.ts";
import { BatchReader, type ReaderState, startOf } from "./records.ts";
import type { Batch, BytesBatch, Reason } from "./types.ts";
import { judgeRaw, judgeValue, type Verdict } from "./verdict.ts";

export type { Cleaned, Counts } from "./cleaned.ts";

/** Cleans batches; feed it all batches of an input in order before those of the next. */
export interface Cleaner {
  /** Who does the work, for provenance: "rules as text". */
  readonly engine: string;
  /** The ages of all valid students so far, kept or not, by field. */
  readonly ages: AgesByField;
  /** Cleans the records that end in this batch. */
  clean(batch: Batch): Cleaned;
}

/** What a cleaner needs to know. */
export interface CleanOptions {
  /** Students older than this many years are kept; 20 by default. */
  readonly olderThan?: number;
}

/** The threshold where the user names none, in years. */
export const OLDER_THAN = 20;

/** Makes a cleaner: the argument that chooses who does the work. */
export type CleanerFactory = (options: CleanOptions) => Cleaner;

/** Returns a cleaner that goes by the rules as text, record by record. */
export function textCleaner({ olderThan = OLDER_THAN }: CleanOptions = {}): Cleaner {
  return makeCleaner(new Cleaning(olderThan), RULES_AS_TEXT);
}

/** Returns the fastest cleaner that the machine can run; all give the same bytes. */
export function fastCleaner({ olderThan = OLDER_THAN }: CleanOptions = {}): Cleaner {
  const { cleaning, engine } = fastCleaning(olderThan);
  return makeCleaner(cleaning, engine);
}

const RULES_AS_TEXT = "rules as text";

/** What does the work, and its name. */
export function fastCleaning(olderThan: number): {
  readonly cleaning: Cleaning;
  readonly engine: string;
} {
  const kernel = unlessMissing(() => new Kernel(olderThan));
  const cleaning = new Cleaning(olderThan, kernel);
  return { cleaning, engine: kernel ? "byte kernel" : RULES_AS_TEXT };
}

/** Returns a cleaner for batches. */
export function makeCleaner(
  cleaning: Cleaning,
  engine: string,
  blockBytes?: number,
): Cleaner {
  const ages: AgesByField = new Map();
  let cutter: BlockCutter | undefined;
  let state: ReaderState | undefined;
  return {
    engine,
    get ages() {
      cleaning.takeAges(ages);
      return ages;
    },
    clean(batch) {
      return "values" in batch ? cleaning.cleanValues(batch) : join(cleanBytes(batch));
    },
  };

  function* cleanBytes({ input, bytes, byteOffset, isLast }: BytesBatch) {
    // an input's first batch begins where its text does
    cutter ??= new BlockCutter(input.layout.lineEnd, blockBytes);
    state ??= startOf(input.layout, byteOffset);
    for (const block of cutter.cut(bytes, isLast)) {
      const cleaned = cleaning.cleanBlock(input, block, state);
      state = cleaned.state;
      yield cleaned;
    }
    if (isLast) cutter = state = undefined;
  }
}

/** Returns what became of several blocks together. */
function join(blocks: Iterable<Cleaned>): Cleaned {
  const csv: Uint8Array[] = [];
  const rejects: Uint8Array[] = [];
  const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const reasons = new Map<Reason, number>();
  let byText = 0;
  for (const block of blocks) {
    csv.push(block.csv.slice()); // the next block uses their memory again
    rejects.push(block.rejects.slice());
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      counts[key] += block.counts[key];
    }
    for (const [reason, count] of block.reasons) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
    byText += block.byText;
  }
  return { csv: concat(csv), rejects: concat(rejects), counts, reasons, byText };
}

/** Returns a function that yields what each record of a batch is, input by input. */
export function recordJudge(): (batch: Batch) => Generator<Verdict> {
  let reader: BatchReader | undefined;
  return function* (batch) {
    if ("values" in batch) {
      for (const i of batch.values.keys()) yield judgeValue(batch, i);
      return;
    }
    reader ??= new BatchReader(batch.input.layout);
    for (const record of reader.read(batch)) yield judgeRaw(record, batch.input);
    if (batch.isLast) reader = undefined;
  };
}
