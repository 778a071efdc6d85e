/**
 * Sources read from a script or a notebook: as cleaned batches, as rows, as ages.
 */
import { type AgesByField, countAge } from "../analyse/ages.ts";
import type { Source } from "../ingest/source.ts";
import {
  type Cleaned,
  type CleanerFactory,
  type CleanOptions,
  fastCleaner,
  recordJudge,
} from "../transform/clean.ts";
import type { Reject, Student } from "../transform/types.ts";

/** One source or several, read in the order given. */
export type Sources = Source | readonly Source[];

const NEVER = new AbortController().signal;

/**
 * Yields what becomes of each batch: the rows of the CSV as bytes, the rejects, the counts.
 *
 * @param options `olderThan`: whom to keep. `cleaner`: who does the work; the fastest by
 * default.
 * @throws {PipelineError} If a source cannot be read to its end.
 *
 * @example
 * ```ts
 * import { clean, readFiles } from "cohort";
 *
 * let kept = 0;
 * for await (const { counts } of clean(await readFiles("data/students.csv"))) {
 *   kept += counts.kept;
 * }
 * console.log(kept);
 * ```
 */
export async function* clean(
  sources: Sources,
  options: CleanOptions & { readonly cleaner?: CleanerFactory } = {},
): AsyncGenerator<Cleaned> {
  const cleaner = (options.cleaner ?? fastCleaner)(options);
  for (const source of [sources].flat()) {
    for await (const batch of source.read(NEVER)) yield cleaner.clean(batch);
  }
}

/**
 * Yields the students, kept or not, a batch at a time: batches are asynchronous, records are
 * not. Rejects are left out; ask {@linkcode rejects} for them.
 *
 * @throws {PipelineError} If a source cannot be read to its end.
 *
 * @example
 * ```ts
 * import { readFiles, students } from "cohort";
 *
 * for await (const batch of students(await readFiles("data/students.csv"))) {
 *   for (const { first, last, age, field } of batch) {
 *     if (age > 55) console.log(first, last, age, field);
 *   }
 * }
 * ```
 */
export async function* students(sources: Sources): AsyncGenerator<readonly Student[]> {
  for await (const judged of judgedBatches(sources)) {
    const batch = judged.filter((one) => typeof one === "object" && "first" in one);
    if (batch.length > 0) yield batch;
  }
}

/**
 * Yields the rejects, a batch at a time, each with its reason, its place and its bytes.
 *
 * @throws {PipelineError} If a source cannot be read to its end.
 *
 * @example
 * ```ts
 * import { readFiles, rejects } from "cohort";
 *
 * for await (const batch of rejects(await readFiles("data/students.csv"))) {
 *   for (const { position, reason } of batch) console.log(position.offset, reason);
 * }
 * ```
 */
export async function* rejects(sources: Sources): AsyncGenerator<readonly Reject[]> {
  for await (const judged of judgedBatches(sources)) {
    const batch = judged.filter((one) => typeof one === "object" && "reason" in one);
    if (batch.length > 0) yield batch;
  }
}

/** Yields what each record is, a batch at a time. */
async function* judgedBatches(
  sources: Sources,
): AsyncGenerator<readonly (Student | Reject | "blank")[]> {
  const judge = recordJudge();
  for (const source of [sources].flat()) {
    for await (const batch of source.read(NEVER)) yield [...judge(batch)];
  }
}

/**
 * Returns the ages of all students, kept or not, by field of study.
 *
 * @throws {PipelineError} If a source cannot be read to its end.
 *
 * @example
 * ```ts
 * import { agesByField, allAges, mean, readFiles } from "cohort";
 *
 * const ages = await agesByField(await readFiles("data/students.csv"));
 * console.log(mean(allAges(ages)).toFixed(1));
 * ```
 */
export async function agesByField(sources: Sources): Promise<AgesByField> {
  const cleaner = fastCleaner();
  for await (const _ of clean(sources, { cleaner: () => cleaner })); // its ages count
  return cleaner.ages;
}

/**
 * Yields the ages of all students so far, kept or not, by field, after each batch: the same
 * histograms each time, which grow.
 *
 * @throws Whatever the batches throw.
 *
 * @example
 * ```ts
 * import { agesSoFar, allAges, countStudents, readFiles, replay } from "cohort";
 *
 * const batches = replay(await readFiles("data/students.csv"), { size: 500, pauseMs: 1 });
 * for await (const ages of agesSoFar(batches)) console.log(countStudents(allAges(ages)));
 * ```
 */
export async function* agesSoFar(
  batches: AsyncIterable<readonly Student[]>,
): AsyncGenerator<AgesByField> {
  const ages: AgesByField = new Map();
  for await (const batch of batches) {
    for (const { field, age } of batch) countAge(ages, field, age);
    yield ages;
  }
}
