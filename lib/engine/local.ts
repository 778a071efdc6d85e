/**
 * The whole job on this machine: from sources to the five files of a run.
 */
import config from "../../deno.json" with { type: "json" };
import { PipelineError } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";
import { formatStatistics } from "../export/statistics.ts";
import type { Source } from "../ingest/source.ts";
import { drawResult, publish } from "../report/publish.ts";
import { type Result, resultParts, type RunParameters } from "../report/result.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import type { Engine } from "./engine.ts";
import { Job, type JobOptions } from "./job.ts";
import { OUTPUTS } from "./outputs.ts";
import { checkThreshold } from "./threshold.ts";

/**
 * Cleans all records of the sources and writes the five files, whole or not at all.
 *
 * @returns The result, as `report.json` holds it.
 * @throws {PipelineError} If a source cannot be read to its end, the outputs cannot be
 * written, or a sum of the funnel is off. Then the earlier outputs are untouched.
 * @throws {RangeError} If the threshold is not a whole number from -1 to 150.
 *
 * @example
 * ```ts no-eval
 * import { readFiles, writeReport } from "cohort";
 *
 * const result = await writeReport(await readFiles("data/students.csv"), { out: "reports" });
 * console.log(result.overall.mean);
 * ```
 */
export function writeReport(
  sources: Source | readonly Source[],
  options: JobOptions = {},
): Promise<Result> {
  return runJob(options, (job) => job.readAll([sources].flat()));
}

/**
 * Writes the five files of a job, whole or not at all.
 *
 * @param work Lets the job take all its records.
 * @param engine Who cleans; without it, whom the options name.
 */
export async function runJob(
  options: JobOptions,
  work: (job: Job) => Promise<void>,
  engine?: Engine,
): Promise<Result> {
  const now = options.now ?? (() => new Date());
  const started = now();
  const parameters: RunParameters = {
    older_than: options.olderThan ?? OLDER_THAN,
    lang: options.lang ?? "en",
    ...(options.bom && { bom: true }),
    ...options.parameters,
  };
  checkThreshold(parameters.older_than);
  using folder = OutputFolder.open(options.out ?? "reports", Object.values(OUTPUTS));
  using job = new Job(folder, parameters, options, engine);
  await work(job);
  const finished = now();
  const result = await job.finish({
    finished: finished.toISOString(),
    seconds: Math.max(0, finished.getTime() - started.getTime()) / 1000, // a clock can go back
    version: config.version,
    runtime: `Deno ${Deno.version.deno}`,
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    engine: job.engine.name,
    by_text: job.byText,
  });
  if (options.page !== false) folder.write(OUTPUTS.page, await drawResult(result));
  folder.write(OUTPUTS.result, resultParts(result));
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
  const wanted = { ...result.parameters, ...parameters };
  const hidden = result.suppressed?.min_group_size ?? 0; // what is hidden stays so
  const shown = publish({
    ...result,
    parameters: hidden > (wanted.min_group_size ?? 0)
      ? { ...wanted, min_group_size: hidden }
      : wanted,
  });
  const statistics = folder.write(OUTPUTS.statistics, formatStatistics(shown.fields));
  const outputs = shown.outputs.map((output) =>
    output.file === OUTPUTS.statistics ? statistics : output
  );
  const redrawn = { ...shown, outputs };
  folder.write(OUTPUTS.page, await drawResult(redrawn));
  folder.write(OUTPUTS.result, resultParts(redrawn));
  folder.commit();
  return redrawn;
}

/**
 * Checks the share of refused records, of all that were read, against the highest that is
 * allowed.
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
