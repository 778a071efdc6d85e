/**
 * Puts together what the workers answer, whatever order it comes in: rows and rejects in the
 * order of the inputs, each line with its number in the whole file.
 *
 * A split that is next goes straight into the outputs; one that comes too early waits in the
 * spool. The rejects of a file wait for its end: only then is it known whether the file began
 * with a byte order mark, which Spark drops and the places of long records count.
 */
import { type AgesByField, countAge } from "../analyse/ages.ts";
import type { Job } from "../engine/job.ts";
import { PipelineError } from "../errors.ts";
import type { InputResult } from "../report/result.ts";
import { concat } from "../transform/bytes.ts";
import type { Cleaned } from "../transform/cleaned.ts";
import { beforeNumber } from "../transform/rejects.ts";
import type { Reason } from "../transform/types.ts";
import { type Before, placeRejects } from "./rejects.ts";
import type { Place, Spool } from "./spool.ts";
import {
  type FieldAges,
  FROM_WORKER,
  JOINT,
  META,
  type Split,
  type SplitEnd,
} from "./worker/protocol.ts";

/** An input whose splits are put together. */
export interface AssembledSource {
  /** As the user names it. */
  readonly name: string;
  /** The topic, where it is one. */
  readonly topic?: string;
  /** Whether it had no records when it was looked into; absent where nobody did. */
  readonly isEmpty?: boolean;
  /** Whether its bytes are those of its lines, so that they can be counted again. */
  readonly isPlain?: boolean;
  /** Whether a byte order mark in it would tell another encoding than was named. */
  readonly isMarkWrong?: boolean;
}

/** A split as far as it has come. */
interface Part {
  readonly split: Split;
  /** Whether its rows go straight into the outputs. */
  readonly isNext: boolean;
  readonly rows: Place[];
  readonly rejects: Place[];
}

/** The input whose turn it is. */
interface Current {
  /** How much of it has been put together. */
  position: number;
  size: number;
  lines: number;
  stored: number;
  bytes: number;
  records: number;
  /** Rejects of each reason that have been counted but not sent. */
  readonly unsent: Map<Reason, number>;
  readonly rejects: {
    readonly place: Place;
    readonly before: Before;
    readonly prefix: number;
  }[];
  readonly ranges: NonNullable<InputResult["ranges"]>[number][];
}

const DECODER = new TextDecoder();
const UTF8 = new TextEncoder();
const LF = 10;
const MARK_BYTES = 3;
const NOTHING: Cleaned = {
  csv: new Uint8Array(0),
  rejects: new Uint8Array(0),
  counts: { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 },
  reasons: new Map(),
  byText: 0,
};

/** Puts together the answers of one job. */
export class Assembly {
  /** The ages of all valid students, kept or not. */
  readonly ages: AgesByField = new Map();
  /** How many records Spark has cut in two. */
  cutRecords = 0;
  /** How many splits were cleaned. */
  splits = 0;
  /** Who cleaned. */
  engine = "no kernel";
  /** Which offsets of the topic were read, by partition; none of files. */
  ranges: NonNullable<InputResult["ranges"]> = [];
  readonly #sources: readonly AssembledSource[];
  readonly #job: Job;
  readonly #spool: Spool;
  readonly #waiting = new Map<string, { readonly part: Part; readonly end: SplitEnd }>();
  #turn = 0;
  #current = nothingYet();
  #part: Part | undefined;

  constructor(sources: readonly AssembledSource[], job: Job, spool: Spool) {
    this.#sources = sources;
    this.#job = job;
    this.#spool = spool;
  }

  /** Takes one line of a worker; those of a split come one after the other. */
  take(line: Uint8Array): void {
    if (line[0] !== META) return this.#takeRows(line);
    const kind = String.fromCharCode(line[1]!);
    const body = line.subarray(2);
    if (kind === FROM_WORKER.rejects) {
      this.#part!.rejects.push(this.#spool.append(lines(body)));
    } else if (kind === FROM_WORKER.split) this.#begin(json(body));
    else if (kind === FROM_WORKER.end) this.#end(json(body));
    else this.#addAges(json(body));
  }

  /**
   * Puts what still waits into its place.
   *
   * @throws {PipelineError} If a split was not cleaned to its end, or a file was not read
   * whole.
   */
  finish(): void {
    if (this.#part !== undefined) throw cutShort();
    const waiting = [...this.#waiting.values()].sort(({ part: a }, { part: b }) =>
      a.split.source - b.split.source || a.split.start - b.split.start
    );
    for (const { part, end } of waiting) {
      while (this.#turn < part.split.source) this.#finishSource();
      this.#complete(part, end);
    }
    while (this.#turn < this.#sources.length) this.#finishSource();
  }

  #begin(split: Split): void {
    if (this.#part !== undefined) throw cutShort();
    while (this.#sources[this.#turn]?.isEmpty) this.#finishSource();
    const { name, isEmpty } = this.#sources[split.source]!;
    if (isEmpty) {
      throw changed(`Spark has read records of ${name}, which was empty before`);
    }
    const isNext = split.source === this.#turn && split.start === this.#current.position;
    this.#part = { split, isNext, rows: [], rejects: [] };
  }

  #takeRows(line: Uint8Array): void {
    const csv = lines(line);
    if (this.#part!.isNext) this.#job.take({ ...NOTHING, csv });
    else this.#part!.rows.push(this.#spool.append(csv));
  }

  #end(end: SplitEnd): void {
    const part = this.#part!;
    this.#part = undefined;
    this.splits++;
    this.engine = end.engine;
    if (!part.isNext) {
      this.#waiting.set(key(part.split.source, part.split.start), { part, end });
      return;
    }
    this.#complete(part, end);
    for (;;) {
      const next = key(this.#turn, this.#current.position);
      const found = this.#waiting.get(next);
      if (found === undefined) return;
      this.#waiting.delete(next);
      this.#complete(found.part, found.end);
    }
  }

  /** Puts a split behind those before it. */
  #complete({ split, rows, rejects }: Part, end: SplitEnd): void {
    for (const place of rows) {
      this.#job.take({ ...NOTHING, csv: this.#spool.read(place) });
    }
    const { counts, byText, offsets, isCut } = end;
    if (isCut) this.cutRecords++;
    this.#job.take({ ...NOTHING, counts, byText });
    const current = this.#current;
    const { name, topic } = this.#sources[split.source]!;
    const prefix = topic === undefined
      ? beforeNumber(name, undefined)
      : beforeNumber(topic, split.start);
    const before = { lines: current.lines, bytes: current.bytes };
    for (const place of rejects) {
      current.rejects.push({ place, before, prefix: UTF8.encode(prefix).length });
    }
    current.position = split.start + split.length;
    current.size = split.size;
    current.lines += end.lines;
    current.stored += end.stored;
    current.bytes += end.bytes;
    current.records += counts.read;
    for (const [reason, count] of end.reasons) add(current.unsent, reason, count);
    if (offsets !== undefined) {
      current.ranges.push({
        partition: split.start,
        start: offsets[0],
        next: offsets[1],
      });
    }
    if (current.position >= current.size) this.#finishSource();
  }

  /** Writes the rejects of the input whose turn it is, and goes on to the next one. */
  #finishSource(): void {
    const source = this.#sources[this.#turn]!;
    const { rejects, records, size, ranges, unsent } = this.#current;
    const mark = this.#markBytes(source);
    for (const { place, before, prefix } of rejects) {
      const isFile = source.topic === undefined;
      const placed = placeRejects(
        this.#spool.read(place),
        prefix,
        isFile ? { ...before, bytes: before.bytes + mark } : { lines: 0, bytes: 0 },
      );
      for (const [reason, count] of placed.reasons) add(unsent, reason, -count);
      this.#job.take({ ...NOTHING, rejects: placed.lines, reasons: placed.reasons });
    }
    this.#job.take({ ...NOTHING, reasons: onlyCounted(unsent) });
    const { name, topic } = source;
    this.ranges = ranges;
    this.#job.addInput({
      source: name,
      ...(topic !== undefined ? { topic, ranges } : size > 0 && { bytes: size }),
      records,
    });
    this.#turn++;
    this.#current = nothingYet();
  }

  /** Returns the length of the byte order mark, which only the size of the file tells. */
  #markBytes({ name, isPlain, isEmpty, isMarkWrong }: AssembledSource): number {
    const { stored, size } = this.#current;
    if (size === 0 && isEmpty === false) {
      throw changed(`Spark has read nothing of ${name}, which was not empty before`);
    }
    if (!isPlain) return 0;
    const more = stored - size; // the last line may lack its end
    if (more === 0 || more === 1) return 0;
    if (more !== -MARK_BYTES && more !== 1 - MARK_BYTES) {
      throw changed(`Spark has read ${stored} bytes of ${name}, which has ${size}`);
    }
    if (!isMarkWrong) return MARK_BYTES;
    throw new PipelineError(
      "input",
      `Cannot read ${name}: its byte order mark says that it is UTF-8`,
      { hint: "Leave --encoding out for this file" },
    );
  }

  #addAges([field, counts]: FieldAges): void {
    for (const [age, count] of counts) countAge(this.ages, field, age, count);
  }
}

function nothingYet(): Current {
  const counts = { position: 0, size: 0, lines: 0, stored: 0, bytes: 0, records: 0 };
  return { ...counts, unsent: new Map(), rejects: [], ranges: [] };
}

function add(counts: Map<Reason, number>, reason: Reason, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}

function onlyCounted(counts: ReadonlyMap<Reason, number>): ReadonlyMap<Reason, number> {
  return new Map([...counts].filter(([, count]) => count > 0));
}

function key(source: number, start: number): string {
  return `${source}:${start}`;
}

function json<T>(bytes: Uint8Array): T {
  return JSON.parse(DECODER.decode(bytes));
}

/** Returns the lines that a worker has joined, each with its end. */
function lines(joined: Uint8Array): Uint8Array {
  const bytes = concat([joined, Uint8Array.of(LF)]);
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === JOINT) bytes[at] = LF;
  return bytes;
}

function changed(what: string): PipelineError {
  return new PipelineError("engine", what, {
    hint: "Wait until nobody writes to it, then run again",
  });
}

function cutShort(): PipelineError {
  return new PipelineError("engine", "A worker has ended in the middle of its work", {
    hint: "Run again; the logs of Spark's executors tell more",
  });
}
