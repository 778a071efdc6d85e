/**
 * Stores as a report takes them: their numbers, and their files as far as these were
 * committed.
 */
import { PipelineError } from "../errors.ts";
import type { Stored, StoredRange } from "../ingest/stored.ts";
import { readCommitted } from "./committed.ts";
import { type Contents, totalCounts } from "./contents.ts";
import { checkCoverage } from "./coverage.ts";
import { readStore, type StoreSnapshot } from "./snapshot.ts";

/** What readers of several stores decide. */
export interface ReadStoresOptions {
  /** The threshold that is expected, in years; by default that of the stores. */
  readonly olderThan?: number;
  /** Whether messages between those that were read may be missing; by default not. */
  readonly allowGaps?: boolean;
}

/**
 * Returns what the stores hold now, in the order given, ready for a report.
 *
 * @throws {PipelineError} If one cannot be read, they were kept by different thresholds,
 * have read the same messages, or leave out messages in between.
 *
 * @example
 * ```ts ignore
 * import { readStores, statistics, olderThan } from "cohort";
 *
 * for (const { ages } of await readStores("data/live")) {
 *   for (const [field, counts] of ages) console.log(field, statistics(olderThan(counts, 20)));
 * }
 * ```
 */
export async function readStores(
  paths: string | readonly string[],
  options: ReadStoresOptions = {},
): Promise<readonly Stored[]> {
  const stores: StoreSnapshot[] = [];
  for (const path of [paths].flat()) stores.push(await readStore(path));
  checkThresholds(stores, options.olderThan);
  checkCoverage(stores, options);
  return stores.map(stored);
}

function checkThresholds(stores: readonly StoreSnapshot[], wanted?: number): void {
  const [first, ...others] = stores.map(({ path, contents }) => ({
    path,
    years: contents.identity.olderThan,
  }));
  const refuse = (path: string, years: number, other: string): never => {
    throw new PipelineError(
      "usage",
      `${path} keeps students older than ${years}, ${other}`,
      { hint: "It has left out the others as they came: report on each threshold alone" },
    );
  };
  if (first === undefined) return;
  if (wanted !== undefined && first.years !== wanted) {
    refuse(first.path, first.years, `not ${wanted} as --older-than says`);
  }
  for (const { path, years } of others) {
    if (years !== first.years) {
      refuse(path, years, `${first.path} older than ${first.years}`);
    }
  }
}

function stored({ path, contents, ages }: StoreSnapshot): Stored {
  const { identity, partitions, reasons } = contents;
  return {
    name: path,
    topic: identity.topic,
    ranges: rangesOf(partitions),
    olderThan: identity.olderThan,
    counts: totalCounts(partitions.values()),
    reasons,
    ages,
    cleaned: () => readCommitted(path, contents),
  };
}

function rangesOf(partitions: Contents["partitions"]): readonly StoredRange[] {
  return [...partitions].flatMap(([partition, { ranges }]) =>
    ranges.map(({ start, next }) => ({
      partition,
      start: Number(start),
      next: Number(next),
    }))
  );
}
