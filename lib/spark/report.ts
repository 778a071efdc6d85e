/**
 * The whole job on a Spark cluster: the same five files of the same bytes, cleaned by the same
 * kernel on the executors.
 */
import config from "../../deno.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import type { Job, JobOptions } from "../engine/job.ts";
import { runJob } from "../engine/local.ts";
import { OUTPUTS } from "../engine/outputs.ts";
import { PipelineError } from "../errors.ts";
import type { Result } from "../report/result.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import { type AssembledSource, Assembly } from "./assembly.ts";
import { columnOf } from "./arrow.ts";
import { filePaths, type SparkFile } from "./inputs.ts";
import { Parts } from "./parts.ts";
import {
  cleanedLines,
  kept,
  KEPT_META,
  linesOf,
  SETTINGS,
  SPLIT_BYTES,
  splitSettings,
  workerCommand,
} from "./plan.ts";
import type { SparkProgress, SparkSession } from "./session.ts";
import { Spool } from "./spool.ts";
import WORKER from "./worker.js" with { type: "text" };
import {
  FAILURE,
  type Failure,
  JOB_FILE,
  WORKER_FILE,
  type WorkerJob,
} from "./worker/protocol.ts";

/** What a report on a cluster can be told: nobody cleans here. */
export interface SparkReportOptions
  extends Omit<JobOptions, "cleaner" | "threads" | "rowsElsewhere"> {
  /** Where the cluster writes the CSV, as part files without a header; absent: it comes home. */
  readonly parts?: string;
  /** How large a split is, in bytes: one task cleans it; 64 MiB by default. */
  readonly splitBytes?: number;
  /** The program that runs the worker on the executors; `deno` by default. */
  readonly deno?: string;
  /** Told what the user should know, but what stops nothing. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Cleans the files on the cluster and writes the five files here, whole or not at all.
 *
 * @returns The result, as `report.json` holds it.
 * @throws {PipelineError} If the cluster fails, a file cannot be read, the outputs cannot be
 * written, or a sum of the funnel is off. Then the earlier outputs are untouched.
 */
export async function writeSparkReport(
  session: SparkSession,
  files: readonly SparkFile[],
  options: SparkReportOptions = {},
): Promise<Result> {
  const { splitBytes = SPLIT_BYTES, olderThan = OLDER_THAN } = options;
  await session.config({ ...SETTINGS, ...splitSettings(splitBytes) });
  await session.createView("cohort_lines", linesOf(filePaths(files)));
  await sendWorker(session, { olderThan, sources: files }, options);
  const query = cleanedLines("cohort_lines", workerCommand(session, options.deno));
  const sources = files.map(assembled);
  const { result, cutRecords } = await runOnCluster(session, { query, sources, options });
  if (cutRecords > 0) options.onWarning?.(cutWarning(cutRecords));
  return result;
}

function assembled(
  { name, encoding, isEmpty, isPacked }: SparkFile,
): AssembledSource {
  return {
    ...{ name, isEmpty },
    isPlain: !isPacked,
    isMarkWrong: encoding !== "utf-8",
  };
}

/**
 * A record with line ends in a quoted cell is whole again on the executor, unless the file was
 * cut just there.
 */
function cutWarning(count: number): string {
  const records = count === 1 ? "1 record was" : `${count} records were`;
  return `${records} refused (bad_quote) because Spark has cut the file within a quoted ` +
    "cell with line ends; run without --engine to read it whole";
}

/** Gives the executors the program and what it is told. */
export async function sendWorker(
  session: SparkSession,
  job: Pick<WorkerJob, "olderThan" | "sources" | "topic">,
  options: SparkReportOptions,
): Promise<void> {
  const maxRejects = mostRejects(options);
  const encoder = new TextEncoder();
  await session.addFile(WORKER_FILE, encoder.encode(WORKER));
  const told: WorkerJob = {
    ...{ version: config.version, ...job },
    ...(maxRejects !== undefined && { maxRejects }),
  };
  await session.addFile(JOB_FILE, encoder.encode(JSON.stringify(told)));
}

/** What runs on a cluster. */
export interface ClusterJob {
  /** Its rows are the lines of workers. */
  readonly query: string;
  readonly sources: readonly AssembledSource[];
  readonly options: SparkReportOptions;
  /** Throws if it is not what was wanted; nothing has been written then. */
  readonly check?: (assembly: Assembly) => void;
}

/** Runs a query whose rows are the lines of workers, and writes what they say. */
export async function runOnCluster(
  session: SparkSession,
  { query, sources, options, check }: ClusterJob,
): Promise<{ readonly result: Result; readonly cutRecords: number }> {
  const { out = "reports", onProgress } = options;
  const parts = options.parts === undefined
    ? undefined
    : new Parts(session, options.parts);
  await parts?.check();
  let assembly: Assembly | undefined;
  const work = async (job: Job): Promise<void> => {
    using spool = new Spool(out);
    assembly = new Assembly(sources, job, spool);
    const source = sources.length === 1 ? sources[0]!.name : `${sources.length} inputs`;
    const progress = {
      onProgress: (tasks: SparkProgress): void =>
        onProgress?.({
          ...{ source, bytes: 0, totalBytes: undefined, records: job.read, tasks },
        }),
    };
    if (parts !== undefined) {
      await inWorkersWords(() => session.command(kept(query), progress));
    }
    const lines = parts === undefined ? query : KEPT_META;
    await inWorkersWords(async () => {
      for await (const batch of session.sql(lines, progress)) {
        for (const line of columnOf(batch)) assembly!.take(line);
      }
    });
    assembly.finish();
    check?.(assembly);
    await parts?.write(); // last: they stay even if something fails
  };
  const engine: Engine = {
    get name() {
      const { splits = 0, engine: kernel } = assembly ?? {};
      const tasks = splits === 1 ? "1 task" : `${splits} tasks`;
      return `Apache Spark ${session.serverVersion}, ${kernel}, ${tasks}`;
    },
    clean() {
      throw new TypeError("The records of a cluster are cleaned there");
    },
    ages: () => Promise.resolve(assembly!.ages),
    [Symbol.dispose]() {},
  };
  const maxRejects = mostRejects(options);
  const result = await runJob(
    {
      ...options,
      ...(maxRejects !== undefined && { maxRejects }),
      ...(parts !== undefined && {
        rowsElsewhere: () => parts.rows,
        parameters: { ...options.parameters, parts: options.parts! },
      }),
    },
    work,
    engine,
  ).catch((error) => {
    throw parts?.explain(error) ?? error;
  });
  const { rejected } = result.funnel;
  if (maxRejects !== undefined && rejected > maxRejects) {
    options.onWarning?.(
      `${OUTPUTS.rejects} has the first ${maxRejects} of ${rejected} rejects`,
    );
  }
  return { result, cutRecords: assembly!.cutRecords };
}

/** Returns how many rejects come home at most; undefined: all. */
export function mostRejects(
  { parts, maxRejects }: SparkReportOptions,
): number | undefined {
  return maxRejects ?? (parts === undefined ? undefined : 100_000);
}

/** Tells what a worker has said before it gave up, where it has said something. */
async function inWorkersWords(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw workersWords(error) ?? error;
  }
}

function workersWords(error: unknown): PipelineError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const start = at.message.indexOf(FAILURE);
    if (start < 0) continue;
    const [line] = at.message.slice(start + FAILURE.length).split("\n");
    try {
      const { kind, message, hint }: Failure = JSON.parse(line!);
      return new PipelineError(kind, message, { hint, cause: error });
    } catch { /* cut short */ }
  }
}
