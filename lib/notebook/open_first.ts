/**
 * One of several sources: the first that can be had.
 */
import { PipelineError } from "../errors.ts";

/** What could be had. */
export interface OpenedFirst<T> {
  /** Which of them it is. */
  readonly name: string;
  /** What its function returned. */
  readonly value: T;
  /** Those before it, each with why it could not be had. */
  readonly missing: ReadonlyMap<string, PipelineError>;
}

/**
 * Returns the first of the sources that opens, in their order.
 *
 * @param sources By name, each with the function that opens it.
 * @throws {PipelineError} If none does: the error of the last.
 * @throws {RangeError} If there is none.
 *
 * @example
 * ```ts
 * import { openFirst, readFiles } from "cohort";
 *
 * const { name, missing } = await openFirst({
 *   mine: () => readFiles("data/mine.csv"),
 *   sample: () => readFiles("data/students.csv"),
 * });
 * console.log(name, missing.get("mine")?.message);
 * ```
 */
export async function openFirst<T>(
  sources: Readonly<Record<string, () => Promise<T>>>,
): Promise<OpenedFirst<T>> {
  const missing = new Map<string, PipelineError>();
  for (const [name, open] of Object.entries(sources)) {
    try {
      return { name, value: await open(), missing };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      missing.set(name, error);
    }
  }
  throw [...missing.values()].at(-1) ?? new RangeError("There is no source to open");
}
