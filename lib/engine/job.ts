/**
 * What one run counts and writes: records in, the data files and the result out.
 */
import { checkFunnel, type Funnel } from "../analyse/funnel.ts";
import type { OutputFile, OutputFolder } from "../export/folder.ts";
import { formatStatistics } from "../export/statistics.ts";
import type { Source } from "../ingest/source.ts";
import { buildResult, countAges } from "../report/build.ts";
import { publish } from "../report/publish.ts";
import type {
  InputResult,
  RejectExample,
  Result,
  RunFacts,
  RunParameters,
} from "../report/result.ts";
import type { Cleaned, CleanerFactory, Counts } from "../transform/clean.ts";
import { STUDENTS_HEADER } from "../transform/csv.ts";
import type { RejectLine } from "../transform/rejects.ts";
import type { Reason } from "../transform/types.ts";
import { type Engine, inThisThread } from "./engine.ts";
import { Examples } from "./examples.ts";
import { OUTPUTS } from "./outputs.ts";
import { Threads } from "./threads.ts";

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
  /** Only of a cluster: how many of its tasks are done. */
  readonly tasks?: { readonly done: number; readonly total: number };
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
  /** Returns how many rows were written elsewhere; where it is given, none are written here. */
  readonly rowsElsewhere?: () => number;
  /** How many rejects are written at most; by default all. */
  readonly maxRejects?: number;
  /** Whether the page is drawn; by default it is. */
  readonly page?: boolean;
  /** Who cleans, in one thread; the fastest by default. */
  readonly cleaner?: CleanerFactory;
  /** How many threads clean large inputs, 1 to 8; as many as cores by default. */
  readonly threads?: number;
  /** Stops the run: it throws the signal's reason and leaves the outputs as they were. */
  readonly signal?: AbortSignal;
  /** Told after every batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** The clock. */
  readonly now?: () => Date;
}

/** What one run counts and writes; dispose of it to end its threads. */
export class Job implements Disposable {
  readonly #folder: OutputFolder;
  readonly #options: JobOptions;
  readonly #parameters: RunParameters;
  /** Who cleans. */
  readonly engine: Engine;
  readonly #students: OutputFile | undefined;
  readonly #rejects: OutputFile;
  readonly #counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  readonly #reasons = new Map<Reason, number>();
  #byText = 0;
  readonly #examples = new Examples();
  readonly #inputs: InputResult[] = [];

  constructor(
    folder: OutputFolder,
    parameters: RunParameters,
    options: JobOptions,
    engine: Engine = engineOf(parameters, options),
  ) {
    this.#folder = folder;
    this.#parameters = parameters;
    this.#options = options;
    this.engine = engine;
    if (options.rowsElsewhere === undefined) {
      this.#students = folder.create(OUTPUTS.students);
      const mark = parameters.bom ? "\ufeff" : "";
      this.#students.write(UTF8.encode(mark + STUDENTS_HEADER));
    }
    this.#rejects = folder.create(OUTPUTS.rejects);
  }

  /** How many records were read so far. */
  get read(): number {
    return this.#counts.read;
  }

  /** Cleans all records of the sources, in the order given. */
  async readAll(sources: readonly Source[]): Promise<void> {
    const signal = this.#options.signal ?? new AbortController().signal;
    const totalBytes = sumOrUndefined(sources.map(({ size }) => size));
    let before = 0;
    for (const source of sources) {
      const recordsBefore = this.#counts.read;
      for await (const cleaned of this.engine.clean(source.read(signal), source.size)) {
        this.take(cleaned);
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
      this.addInput({ source: source.name, ...digest, records });
    }
  }

  /** Adds an input whose records were taken. */
  addInput(input: InputResult): void {
    this.#inputs.push(input);
  }

  /** Writes and counts what became of some records. */
  take({ csv, rejects, counts, reasons, byText }: Cleaned): void {
    this.#students?.write(csv);
    this.#rejects.write(this.#asManyAsWanted(rejects));
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      this.#counts[key] += counts[key];
    }
    this.#byText += byText;
    this.#examples.take({ rejects, reasons });
    for (const [reason, count] of reasons) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    }
  }

  /** Returns the first of the lines, as far as there is room for them. */
  #asManyAsWanted(rejects: Uint8Array): Uint8Array {
    const { maxRejects } = this.#options;
    if (maxRejects === undefined) return rejects;
    let end = 0;
    for (let left = maxRejects - this.#rejects.lines; left > 0; left--) {
      const next = rejects.indexOf(LF, end) + 1;
      if (next === 0) return rejects;
      end = next;
    }
    return rejects.subarray(0, end);
  }

  /** How many records the rules as text have read, because the kernel could not. */
  get byText(): number {
    return this.#byText;
  }

  /** Closes the data files, checks the funnel and returns the result. */
  async finish(run: RunFacts): Promise<Result> {
    const { read, blank, rejected, filtered, kept } = this.#counts;
    const funnel: Funnel = {
      read,
      blank,
      rejected,
      valid: filtered + kept,
      filtered,
      kept,
    };
    const { maxRejects = Infinity } = this.#options;
    const ages = await this.engine.ages();
    this[Symbol.dispose](); // what follows can have the memory of the threads
    checkFunnel(funnel, {
      rows: this.#students ? this.#students.lines - 1 : this.#options.rowsElsewhere!(),
      rejectLines: this.#rejects.lines === Math.min(rejected, maxRejects)
        ? rejected
        : this.#rejects.lines,
      rejects: this.#reasons.values().reduce((sum, count) => sum + count, 0),
      records: this.#inputs.reduce((sum, { records }) => sum + records, 0),
      ...countAges(ages, this.#parameters.older_than),
    });
    const result = buildResult({
      parameters: this.#parameters,
      inputs: this.#inputs,
      funnel,
      rejects: this.#reasons,
      examples: this.#examples.lines.map(example),
      ages,
      outputs: [],
      run,
    });
    const { fields } = publish(result);
    const statistics = this.#folder.write(OUTPUTS.statistics, formatStatistics(fields));
    const rejects = this.#rejects.close();
    const outputs = [statistics, rejects];
    if (this.#students !== undefined) outputs.unshift(this.#students.close());
    return publish({ ...result, outputs });
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]();
  }
}

/** Returns who cleans, as the options say. */
function engineOf(
  { older_than: olderThan }: RunParameters,
  { cleaner, threads = defaultThreads() }: JobOptions,
): Engine {
  return cleaner === undefined
    ? new Threads({ olderThan, threads })
    : inThisThread(cleaner({ olderThan }));
}

/** More threads than that do not pay: one of them reads and writes for all. */
export const MOST_THREADS = 8;

/** Returns how many threads clean where nobody says. */
function defaultThreads(): number {
  return Math.min(navigator.hardwareConcurrency, MOST_THREADS);
}

const UTF8 = new TextEncoder();
const LF = 10;

/** The longest text of an example, in characters; `rejects.jsonl` has the whole. */
const EXAMPLE_CHARACTERS = 300;

/** Returns a reject as an example that a page may show. */
export function example(reject: RejectLine): RejectExample {
  const { bytes: _, byte_offset: __, raw, raw_base64, ...place } = reject;
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
