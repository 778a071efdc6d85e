/**
 * The seam: a batch goes in; CSV bytes, rejects, counts and ages come out. Who does the work
 * is an argument wherever cleaning is done: {@linkcode textCleaner} goes by the rules as text,
 * {@linkcode fastCleaner} lets the byte kernel take the common records and gives the same
 * bytes.
 */
import { type AgesByField, countAge } from "../analyse/ages.ts";
import { studentRow } from "./csv.ts";
import { isSkimmable, Kernel } from "./kernel/kernel.ts";
import { EXCERPT_BYTES, RecordReader, type Skim } from "./records.ts";
import { judge, MAX_RECORD_BYTES } from "./rules.ts";
import type {
  Batch,
  BytesBatch,
  Position,
  Reason,
  Reject,
  Student,
  ValuesBatch,
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
  /** The refused records in input order. */
  readonly rejects: readonly Reject[];
  /** How many records ended where. */
  readonly counts: Counts;
}

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
export function textCleaner(options: CleanOptions = {}): Cleaner {
  return makeCleaner("rules as text", options);
}

/** Returns the fastest cleaner that the machine can run; all give the same bytes. */
export function fastCleaner(options: CleanOptions = {}): Cleaner {
  try {
    const kernel = new Kernel(options.olderThan ?? OLDER_THAN);
    return makeCleaner("byte kernel", options, kernel);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return textCleaner(options);
    throw error;
  }
}

/** After so many records the kernel's counts, of 32 bits each, are taken over. */
const KERNEL_COUNTS = 2 ** 31;

function makeCleaner(engine: string, options: CleanOptions, kernel?: Kernel): Cleaner {
  const olderThan = options.olderThan ?? OLDER_THAN;
  const ages: AgesByField = new Map();
  const judged = recordJudge();
  let untaken = 0;
  return {
    engine,
    get ages() {
      kernel?.takeAges(ages);
      return ages;
    },
    clean(batch) {
      const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
      const rejects: Reject[] = [];
      let rows = "";
      const skim = kernel && "bytes" in batch && isSkimmable(batch.input.layout)
        ? (text: Uint8Array, at: number) => {
          const skimmed = kernel.skim(text, at, batch.input.layout);
          counts.read += skimmed.records;
          counts.kept += skimmed.kept;
          counts.filtered += skimmed.records - skimmed.kept;
          return skimmed;
        }
        : undefined;
      for (const verdict of judged(batch, skim)) {
        counts.read++;
        if (verdict === "blank") counts.blank++;
        else if ("reason" in verdict) {
          counts.rejected++;
          rejects.push(verdict);
        } else {
          if (skim) kernel!.learn(verdict);
          countAge(ages, verdict.field, verdict.age);
          if (verdict.age > olderThan) {
            counts.kept++;
            if (skim) kernel!.append(studentRow(verdict));
            else rows += studentRow(verdict);
          } else counts.filtered++;
        }
      }
      untaken += counts.read;
      if (untaken > KERNEL_COUNTS) {
        kernel?.takeAges(ages);
        untaken = 0;
      }
      return { csv: skim ? kernel!.takeRows() : UTF8.encode(rows), rejects, counts };
    },
  };
}

/** Returns a function that yields what each record of a batch is, input by input. */
export function recordJudge(): (
  batch: Batch,
  skim?: Skim,
) => Generator<Student | Reject | "blank"> {
  let reader: RecordReader | undefined;
  return function (batch, skim) {
    if ("values" in batch) return judgeValues(batch);
    // an input's first batch begins where its text does
    reader ??= new RecordReader(batch.input.layout, batch.byteOffset);
    const current = reader;
    if (batch.isLast) reader = undefined;
    return judgeBytes(batch, current, skim);
  };
}

const UTF8 = new TextEncoder();

function* judgeBytes(
  { input, bytes, isLast }: BytesBatch,
  reader: RecordReader,
  skim: Skim | undefined,
): Generator<Student | Reject | "blank"> {
  for (const record of reader.read(bytes, isLast, skim)) {
    const isLong = record.length > MAX_RECORD_BYTES;
    const verdict = isLong ? "too_long" : judge(record.bytes, input.layout);
    if (typeof verdict === "object" || verdict === "blank") {
      yield verdict;
      continue;
    }
    const position = { source: input.name, offset: BigInt(record.line) };
    const extent = { bytes: record.length, byteOffset: record.byteOffset };
    yield reject(position, verdict, record.bytes, isLong ? extent : undefined);
  }
}

function* judgeValues(batch: ValuesBatch): Generator<Student | Reject | "blank"> {
  const { input, values, offsets, partition } = batch;
  for (const [i, value] of values.entries()) {
    const record = value && withoutLineEnd(value);
    const verdict = judge(record, input.layout);
    if (typeof verdict === "object" || verdict === "blank") {
      yield verdict;
      continue;
    }
    const position = { source: input.name, offset: offsets[i]! };
    const raw = record ?? new Uint8Array(0);
    yield reject(
      partition === undefined ? position : { ...position, partition },
      verdict,
      verdict === "too_long" ? raw.subarray(0, EXCERPT_BYTES) : raw,
      verdict === "too_long" ? { bytes: raw.length } : undefined,
    );
  }
}

function reject(
  position: Position,
  reason: Reason,
  raw: Uint8Array,
  extent: Reject["extent"],
): Reject {
  const whole = { position, reason, raw: raw.slice() }; // the batch's memory is used again
  return extent === undefined ? whole : { ...whole, extent };
}

function withoutLineEnd(value: Uint8Array): Uint8Array {
  const last = value.length - 1;
  if (value[last] === 13) return value.subarray(0, last);
  if (value[last] !== 10) return value;
  return value.subarray(0, value[last - 1] === 13 ? last - 1 : last);
}
