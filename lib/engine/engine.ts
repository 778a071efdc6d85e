/**
 * Who cleans the batches of a run: one thread, several, or another machine.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Cleaned, Cleaner } from "../transform/clean.ts";
import type { Batch } from "../transform/types.ts";

/** Cleans the batches of inputs, one input after the other. */
export interface Engine extends Disposable {
  /** Who does the work, for provenance: "byte kernel, 2 threads". */
  readonly name: string;
  /**
   * Yields what became of the batches of one input, in order; each is valid until the next
   * one is asked for.
   *
   * @param size The bytes of the input, where somebody knows.
   */
  clean(batches: AsyncIterable<Batch>, size?: number): AsyncIterable<Cleaned>;
  /** Returns the ages of all valid students, kept or not. */
  ages(): Promise<AgesByField>;
}

/** Returns an engine that lets one cleaner do all the work here. */
export function inThisThread(cleaner: Cleaner): Engine {
  return {
    name: cleaner.engine,
    async *clean(batches) {
      for await (const batch of batches) yield cleaner.clean(batch);
    },
    ages: () => Promise.resolve(cleaner.ages),
    [Symbol.dispose]() {},
  };
}
