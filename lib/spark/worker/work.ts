/**
 * The work on an executor: the same rules and the same kernel as anywhere, over what Spark
 * feeds to one task.
 */
import { PipelineError } from "../../errors.ts";
import { type Cleaner, fastCleaner } from "../../transform/clean.ts";
import type { Counts } from "../../transform/cleaned.ts";
import { countLines } from "../../transform/kernel/lines.ts";
import type { Input, Reason } from "../../transform/types.ts";
import { Answers } from "./answers.ts";
import { SplitTail } from "./ends.ts";
import { fed } from "./fed.ts";
import {
  type Split,
  type SplitEnd,
  WORKER_VERSION,
  type WorkerJob,
  type WorkerSource,
} from "./protocol.ts";
import { workOnTopic } from "./topic.ts";

/** Where a worker reads and writes. */
export interface Pipes {
  /** Fills memory as far as it can; null at the end. */
  readonly read: (into: Uint8Array) => number | null;
  /** Takes all the bytes. */
  readonly write: (bytes: Uint8Array) => void;
}

/**
 * Cleans all that is fed and answers.
 *
 * @throws {PipelineError} If the client is of another version, or the bytes of a file are not
 * of its encoding.
 */
export function work(job: WorkerJob, { read, write }: Pipes): void {
  if (job.version !== WORKER_VERSION) {
    throw new PipelineError(
      "engine",
      `The worker is of cohort ${WORKER_VERSION}, but cohort ${job.version} asks`,
      { hint: "Build the worker again: deno task worker" },
    );
  }
  const cleaner = fastCleaner({ olderThan: job.olderThan });
  const answers = new Answers(write, job.maxRejects);
  if (job.topic !== undefined) workOnTopic(job.topic, { cleaner, answers, read });
  else workOnFiles(job.sources, { cleaner, answers, read });
  answers.ages(cleaner.ages);
}

/** What the work on either kind of input needs. */
export interface Tools {
  readonly cleaner: Cleaner;
  readonly answers: Answers;
  readonly read: Pipes["read"];
}

function workOnFiles(
  sources: readonly WorkerSource[],
  { cleaner, answers, read }: Tools,
): void {
  const indexes = new Map(sources.map(({ path }, i) => [path, i]));
  let open: OpenSplit | undefined;
  for (const one of fed(read)) {
    if ("bytes" in one) open!.take(one.bytes);
    else {
      open?.close();
      const split = parseSplit(one.split, indexes);
      open = new OpenSplit(sources[split.source]!, split, { cleaner, answers, read });
    }
  }
  open?.close();
}

function parseSplit(
  [path, start, length, size]: readonly string[],
  indexes: ReadonlyMap<string, number>,
): Split {
  const name = new TextDecoder().decode(Uint8Array.fromHex(path!));
  const source = indexes.get(name);
  if (source === undefined) throw new RangeError(`No source is at ${name}`);
  return { source, start: Number(start), length: Number(length), size: Number(size) };
}

/** A split that is being cleaned. */
class OpenSplit {
  readonly #input: Input;
  readonly #decode: (bytes: Uint8Array, isLast: boolean) => Uint8Array;
  readonly #tools: Tools;
  readonly #total = new Total();
  readonly #tail = new SplitTail();
  readonly #isLast: boolean;
  #stored = 0;
  #bytes = 0;
  #lines = 0;

  constructor({ name, layout, encoding }: WorkerSource, split: Split, tools: Tools) {
    const header = layout.header && split.start === 0;
    this.#input = { name, layout: { ...layout, header } };
    this.#decode = decoderOf(encoding, name);
    this.#tools = tools;
    this.#isLast = split.start + split.length >= split.size;
    tools.answers.split(split);
  }

  take(raw: Uint8Array, isLast = false): void {
    const bytes = this.#decode(raw, isLast);
    const byteOffset = this.#bytes;
    this.#stored += raw.length;
    this.#bytes += bytes.length;
    this.#lines += countLines(bytes);
    if (!this.#isLast) this.#tail.take(bytes);
    const { cleaner, answers } = this.#tools;
    const cleaned = cleaner.clean({ input: this.#input, bytes, byteOffset, isLast });
    this.#total.add(cleaned);
    answers.rows(cleaned.csv);
    answers.rejects(cleaned.rejects);
  }

  close(): void {
    this.take(new Uint8Array(0), true);
    this.#tools.answers.end({
      lines: this.#lines,
      stored: this.#stored,
      isCut: this.#tail.isOpen(this.#input.layout),
      bytes: this.#bytes,
      ...this.#total.result(this.#tools.cleaner.engine),
    });
  }
}

/** The sums of what was cleaned. */
export class Total {
  readonly #counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  readonly #reasons = new Map<Reason, number>();
  #byText = 0;

  add(
    { counts, reasons, byText }: {
      readonly counts: Counts;
      readonly reasons: ReadonlyMap<Reason, number>;
      readonly byText: number;
    },
  ): void {
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      this.#counts[key] += counts[key];
    }
    for (const [reason, count] of reasons) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    }
    this.#byText += byText;
  }

  result(engine: string): Pick<SplitEnd, "counts" | "reasons" | "byText" | "engine"> {
    const reasons = [...this.#reasons];
    return { counts: this.#counts, reasons, byText: this.#byText, engine };
  }
}

/** Returns what turns the bytes of whole lines into UTF-8. */
function decoderOf(
  encoding: string,
  name: string,
): (bytes: Uint8Array, isLast: boolean) => Uint8Array {
  if (encoding === "utf-8") return (bytes) => bytes;
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  return (bytes, isLast) => {
    try {
      return encoder.encode(decoder.decode(bytes, { stream: !isLast }));
    } catch (cause) {
      throw new PipelineError(
        "input",
        `Cannot read ${name}: it is not valid ${encoding}`,
        {
          hint: "Name its true encoding with --encoding",
          cause,
        },
      );
    }
  };
}
