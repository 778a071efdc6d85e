/**
 * The report on what was cleaned before: the stores of streams, put together.
 */
import { type AgesByField, mergeAges } from "../analyse/ages.ts";
import type { Stored } from "../ingest/stored.ts";
import type { Result } from "../report/result.ts";
import type { Engine } from "./engine.ts";
import type { Job, JobOptions } from "./job.ts";
import { runJob } from "./local.ts";

/** What a report on stores can be told: nobody cleans any more. */
export type StoredReportOptions = Omit<JobOptions, "olderThan" | "cleaner" | "threads">;

/**
 * Writes the five files for what some stores hold, in the order given.
 *
 * @param stores Of one threshold, none of which holds what another does: as `readStores()`
 * gives them.
 * @returns The result, as `report.json` holds it.
 * @throws {PipelineError} If a store cannot be read, the outputs cannot be written, or a sum
 * of the funnel is off. Then the earlier outputs are untouched.
 *
 * @example
 * ```ts ignore
 * import { readStores, writeStoredReport } from "cohort";
 *
 * const result = await writeStoredReport(await readStores("data/live"), { out: "reports" });
 * console.log(result.funnel.kept);
 * ```
 */
export function writeStoredReport(
  stores: readonly Stored[],
  options: StoredReportOptions = {},
): Promise<Result> {
  const olderThan = stores[0]?.olderThan;
  return runJob(
    olderThan === undefined ? options : { ...options, olderThan },
    (job) => takeAll(stores, job, options),
    cleanedBefore(stores),
  );
}

function cleanedBefore(stores: readonly Stored[]): Engine {
  const sum: AgesByField = new Map();
  for (const { ages } of stores) mergeAges(sum, ages);
  return {
    name: "stream",
    clean() {
      throw new TypeError("The records of a store were cleaned before");
    },
    ages: () => Promise.resolve(sum),
    [Symbol.dispose]() {},
  };
}

async function takeAll(
  stores: readonly Stored[],
  job: Job,
  { signal, onProgress }: StoredReportOptions,
): Promise<void> {
  let bytes = 0;
  for (const { name: source, topic, ranges, counts, cleaned } of stores) {
    for await (const piece of cleaned()) {
      signal?.throwIfAborted();
      job.take(piece);
      bytes += piece.csv.length + piece.rejects.length;
      onProgress?.({ source, bytes, totalBytes: undefined, records: job.read });
    }
    job.addInput({ source, topic, ranges, records: counts.read });
  }
}
