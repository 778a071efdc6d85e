/**
 * Records that come in little by little, as from a topic, out of sources that are whole or hold much already.
 */
import type { Student } from "../transform/types.ts";
import { type Sources, students } from "../engine/read.ts";

/** How fast the students come. */
export interface ReplayOptions {
  /** How many come at once; 100 by default. */
  readonly size?: number;
  /** How long it takes until the next ones come, in ms; 100 by default. */
  readonly pauseMs?: number;
}

/**
 * Yields the students of the sources a few at a time, as they would come by themselves.
 *
 * @throws {PipelineError} If a source cannot be read to its end.
 * @throws {RangeError} If the size is not at least 1.
 *
 * @example
 * ```ts
 * import { readFiles, replay } from "cohort";
 *
 * let count = 0;
 * for await (const batch of replay(await readFiles("data/students.csv"), { pauseMs: 1 })) {
 *   count += batch.length;
 * }
 * console.log(count);
 * ```
 */
export async function* replay(
  sources: Sources,
  options: ReplayOptions = {},
): AsyncGenerator<readonly Student[]> {
  const { size = 100, pauseMs = 100 } = options;
  if (!(size >= 1)) throw new RangeError(`A batch has 1 student at least, not ${size}`);
  for await (const batch of students(sources)) {
    for (let start = 0; start < batch.length; start += size) {
      yield batch.slice(start, start + size);
      await new Promise((done) => setTimeout(done, pauseMs));
    }
  }
}
