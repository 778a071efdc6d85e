/**
 * Stores as they grow: what a stream has committed so far, looked at again and again.
 */
import { type AgesByField, mergeAges } from "../analyse/ages.ts";
import { readStores } from "./stored.ts";

/** How long and how often stores are looked at. */
export interface FollowStoresOptions {
  /** How long, in ms; 0 by default, which is one look. `Infinity` never ends. */
  readonly followMs?: number;
  /** How often, in ms; 500 by default. */
  readonly everyMs?: number;
}

/**
 * Returns the ages that all the stores hold together, kept or not, by field: now, and again
 * whenever there are more of them. The streams that write to them are not held up.
 *
 * @throws {PipelineError} As {@linkcode readStores}, here and at every look.
 *
 * @example
 * ```ts ignore
 * import { allAges, countStudents, followStores } from "cohort";
 *
 * for await (const ages of await followStores("data/live", { followMs: 5000 })) {
 *   console.log(countStudents(allAges(ages)));
 * }
 * ```
 */
export async function followStores(
  paths: string | readonly string[],
  { followMs = 0, everyMs = 500 }: FollowStoresOptions = {},
): Promise<AsyncIterable<AgesByField>> {
  const first = await look(paths);
  const deadline = performance.now() + followMs;
  return (async function* () {
    yield first.ages;
    let { read } = first;
    while (performance.now() + everyMs <= deadline) {
      await new Promise((done) => setTimeout(done, everyMs));
      const next = await look(paths);
      if (next.read !== read) yield next.ages;
      read = next.read;
    }
  })();
}

async function look(paths: string | readonly string[]) {
  const ages: AgesByField = new Map();
  let read = 0;
  for (const store of await readStores(paths)) {
    mergeAges(ages, store.ages);
    read += store.counts.read;
  }
  return { ages, read };
}
