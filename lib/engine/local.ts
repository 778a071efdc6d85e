/**
 * The whole job on this machine: from sources to the five files of a run.
 */
import config from "../../deno.json" with { type: "json" };
import { checkFunnel, type Funnel } from "../analyse/funnel.ts";
import { PipelineError } from "../errors.ts";
import { OutputFile, OutputFolder } from "../export/folder.ts";
import { formatRejects, rejectLine } from "../export/rejects.ts";
import { formatStatistics } from "../export/statistics.ts";
import type { Source } from "../ingest/source.ts";
import { buildResult, countAges } from "../report/build.ts";
import { drawResult, publish } from "../report/publish.ts";
import {
  formatResult,
  type InputResult,
  type RejectExample,
  type Result,
  type RunFacts,
  type RunParameters,
} from "../report/result.ts";
import {
  type Cleaned,
  type CleanerFactory,
  type Counts,
  OLDER_THAN,
  textCleaner,
} from "../transform/clean.ts";
import { STUDENTS_HEADER } from "../transform/csv.ts";
import type { Reason, Reject } from "../transform/types.ts";

/** The files of a run, in the order in which they are put into place. */
export const OUTPUTS = {
  students: "etudiants_transformed.csv",
  statistics: "statistics.csv",
  rejects: "rejects.jsonl",
  page: "report.html",
  result: "report.json",
} as const;

/** How far a run has come. */
export interface Progress {
  /** The input that is being read. */
  readonly source: string;
  /** Bytes of all inputs read so far. */
  readonly bytes: number;
  /** Bytes of all inputs; undefined where nobody knows. */
  readonly totalBytes: number | undefined;
  /** Records read so far. */
  readonly records: number;
}

/** What a run needs to know; what is absent has a default. */
export interface JobOptions {
  /** The folder for the outputs, made where it is missing; `reports` by default. */
  readonly out?: string;
  /** Students older than this many years are kept; 20 by default. */
  readonly olderThan?: number;
  /** The language of the page; `en` by default. */
  readonly lang?: "en" | "fr";
  /** Whether the CSV begins with a byte order mark, for Excel; not by default. */
  readonly bom?: boolean;
  /** Other parameters that the result names, as the user gave them. */
  readonly parameters?: Partial<RunParameters>;
  /** Whether the page is drawn; by default it is. */
  readonly page?: boolean;
  /** Who cleans; the rules as text by default. */
  readonly cleaner?: CleanerFactory;
  /** Stops the run: it throws the signal's reason and leaves the outputs as they were. */
  readonly signal?: AbortSignal;
  /** Told after every batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** The clock. */
  readonly now?: () => Date;
}

/**
 * Cleans all records of the sources and writes the five files, whole or not at all.
 *
 * @returns The result, as `report.json` holds it.
 * @throws {PipelineError} If a source cannot be read to its end, the outputs cannot be
 * written, or a sum of the funnel is off. Then the earlier outputs are untouched.
 *
 * @example
 * ```ts no-eval
 * import { readFiles, writeReport } from "cohort";
 *
 * const result = await writeReport(await readFiles("data/students.csv"), { out: "reports" });
 * console.log(result.overall.mean);
 * ```
 */
export async function writeReport(
  sources: Source | readonly Source[],
  options: JobOptions = {},
): Promise<Result> {
  const now = options.now ?? (() => new Date());
  const started = now();
  const parameters: RunParameters = {
    older_than: options.olderThan ?? OLDER_THAN,
    lang: options.lang ?? "en",
    ...(options.bom && { bom: true }),
    ...options.parameters,
  };
  using folder = OutputFolder.open(options.out ?? "reports", Object.values(OUTPUTS));
  const job = new Job(folder, parameters, options);
  await job.readAll([sources].flat());
  const finished = now();
  const result = job.finish({
    finished: finished.toISOString(),
    seconds: Math.max(0, finished.getTime() - started.getTime()) / 1000, // a clock can go back
    version: config.version,
    runtime: `Deno ${Deno.version.deno}`,
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    engine: job.cleaner.engine,
  });
  if (options.page !== false) folder.write(OUTPUTS.page, await drawResult(result));
  folder.write(OUTPUTS.result, formatResult(result));
  options.signal?.throwIfAborted();
  folder.commit();
  return result;
}

/** How a page is drawn again. */
export interface RedrawOptions {
  /** The folder for the page, made where it is missing; `reports` by default. */
  readonly out?: string;
  /** What the page shows otherwise: its language, its heading, the smallest group. */
  readonly parameters?: Partial<RunParameters>;
}

/** What is written when a page is drawn again: all that needs only the numbers. */
export const REDRAWN = [OUTPUTS.statistics, OUTPUTS.page, OUTPUTS.result] as const;

/**
 * Draws the page of a result again, without the data; the numbers are written beside it, so
 * that they show what the page shows, and hide what it hides.
 *
 * @returns The result as the page shows it.
 * @throws {PipelineError} If the outputs cannot be written.
 */
export async function redraw(
  result: Result,
  { out = "reports", parameters }: RedrawOptions = {},
): Promise<Result> {
  using folder = OutputFolder.open(out, REDRAWN);
  const shown = publish({
    ...result,
    parameters: { ...result.parameters, ...parameters },
  });
  const statistics = folder.write(OUTPUTS.statistics, formatStatistics(shown.fields));
  const outputs = shown.outputs.map((output) =>
    output.file === OUTPUTS.statistics ? statistics : output
  );
  const redrawn = { ...shown, outputs };
  folder.write(OUTPUTS.page, await drawResult(redrawn));
  folder.write(OUTPUTS.result, formatResult(redrawn));
  folder.commit();
  return redrawn;
}

/** How many rejects of each reason the result shows as examples. */
const EXAMPLES = 5;

/** What one run counts and writes. */
class Job {
  readonly #folder: OutputFolder;
  readonly #options: JobOptions;
  readonly #parameters: RunParameters;
  readonly cleaner;
  readonly #students: OutputFile;
  readonly #rejects: OutputFile;
  readonly #counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  readonly #reasons = new Map<Reason, number>();
  readonly #examples: RejectExample[] = [];
  readonly #inputs: InputResult[] = [];

  constructor(
    folder: OutputFolder,
    parameters: RunParameters,
    options: JobOptions,
  ) {
    this.#folder = folder;
    this.#parameters = parameters;
    this.#options = options;
    const cleaner = options.cleaner ?? textCleaner;
    this.cleaner = cleaner({ olderThan: parameters.older_than });
    this.#students = folder.create(OUTPUTS.students);
    this.#rejects = folder.create(OUTPUTS.rejects);
  }

  async readAll(sources: readonly Source[]): Promise<void> {
    this.#students.write(
      UTF8.encode((this.#parameters.bom ? "\ufeff" : "") + STUDENTS_HEADER),
    );
    const signal = this.#options.signal ?? new AbortController().signal;
    const totalBytes = sumOrUndefined(sources.map(({ size }) => size));
    let before = 0;
    for (const source of sources) {
      const recordsBefore = this.#counts.read;
      for await (const batch of source.read(signal)) {
        this.#take(this.cleaner.clean(batch));
        this.#options.onProgress?.({
          source: source.name,
          bytes: before + (source.bytesRead?.() ?? 0),
          totalBytes,
          records: this.#counts.read,
        });
      }
      const digest = source.digest?.();
      before += digest?.bytes ?? 0;
      const records = this.#counts.read - recordsBefore;
      this.#inputs.push({ source: source.name, ...digest, records });
    }
  }

  #take({ csv, rejects, counts }: Cleaned): void {
    this.#students.write(csv);
    if (rejects.length > 0) this.#rejects.write(UTF8.encode(formatRejects(rejects)));
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      this.#counts[key] += counts[key];
    }
    for (const reject of rejects) {
      const seen = this.#reasons.get(reject.reason) ?? 0;
      this.#reasons.set(reject.reason, seen + 1);
      if (seen < EXAMPLES) this.#examples.push(example(reject));
    }
  }

  /** Closes the data files, checks the funnel and returns the result. */
  finish(run: RunFacts): Result {
    const { read, blank, rejected, filtered, kept } = this.#counts;
    const funnel: Funnel = {
      read,
      blank,
      rejected,
      valid: filtered + kept,
      filtered,
      kept,
    };
    const { ages } = this.cleaner;
    checkFunnel(funnel, {
      rows: this.#students.lines - 1,
      rejectLines: this.#rejects.lines,
      rejects: this.#reasons.values().reduce((sum, count) => sum + count, 0),
      records: this.#inputs.reduce((sum, { records }) => sum + records, 0),
      ...countAges(ages, this.#parameters.older_than),
    });
    const result = buildResult({
      parameters: this.#parameters,
      inputs: this.#inputs,
      funnel,
      rejects: this.#reasons,
      examples: this.#examples,
      ages,
      outputs: [],
      run,
    });
    const { fields } = publish(result);
    const statistics = this.#folder.write(OUTPUTS.statistics, formatStatistics(fields));
    const outputs = [this.#students.close(), statistics, this.#rejects.close()];
    return publish({ ...result, outputs });
  }
}

const UTF8 = new TextEncoder();

/** The longest text of an example, in characters; `rejects.jsonl` has the whole. */
const EXAMPLE_CHARACTERS = 300;

function example(reject: Reject): RejectExample {
  const { bytes: _, byte_offset: __, raw, raw_base64, ...place } = rejectLine(reject);
  if (raw === undefined) {
    return { ...place, raw_base64: raw_base64!.slice(0, EXAMPLE_CHARACTERS) };
  }
  if (raw.length <= EXAMPLE_CHARACTERS) return { ...place, raw };
  return { ...place, raw: raw.slice(0, EXAMPLE_CHARACTERS).toWellFormed() + "…" };
}

function sumOrUndefined(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce(
    (sum, size) => sum === undefined || size === undefined ? undefined : sum + size,
    0,
  );
}

/**
 * Checks the share of refused records, of all that were read, against the highest that is allowed.
 *
 * @param maxRate From 0 to 1.
 * @throws {PipelineError} If more were refused.
 */
export function checkRejectRate({ funnel }: Result, maxRate: number): void {
  const rate = funnel.read === 0 ? 0 : funnel.rejected / funnel.read;
  if (rate <= maxRate) return;
  const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
  throw new PipelineError(
    "quality",
    `${percent(rate)} of the records were refused, more than the ${
      percent(maxRate)
    } allowed`,
    { hint: `The outputs are written; ${OUTPUTS.rejects} says which and why` },
  );
}
