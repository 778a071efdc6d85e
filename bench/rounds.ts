/**
 * Runs the subjects in interleaved rounds: a slow moment of the machine hits all alike.
 */
import { compareStatistics, readStatistics } from "./compare.ts";
import { measure, type Measured, type Subject } from "./measure.ts";

/** All runs, and the subjects that dropped out. */
export interface Rounds {
  /** The runs of each subject that took part to the end. */
  readonly runs: ReadonlyMap<string, readonly Measured[]>;
  /** Why a subject dropped out. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Runs every subject once a round, each into an empty folder; of two of one name the first.
 *
 * @param onRun Told before every run.
 */
export async function runRounds(
  listed: readonly Subject[],
  { folder, rounds, onRun }: {
    readonly folder: string;
    readonly rounds: number;
    readonly onRun: (name: string, round: number) => void;
  },
): Promise<Rounds> {
  const subjects = [...Map.groupBy(listed, ({ name }) => name).values()]
    .map(([first]) => first!);
  const runs = new Map<string, Measured[]>(subjects.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  const statistics = new Map<string, string>();
  const isAwaited = new Set(subjects.map(({ sameAs }) => sameAs));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, command, sameAs } of subjects) {
      if (failures.has(name)) continue;
      onRun(name, round);
      const out = await Deno.makeTempDir({ dir: folder, prefix: "out-" });
      try {
        runs.get(name)!.push(await measure(command(out)));
        if (isAwaited.has(name)) statistics.set(name, await readStatistics(out));
        if (sameAs) checkStatistics(statistics.get(sameAs), await readStatistics(out));
      } catch (error) {
        failures.set(name, (error as Error).message);
        runs.delete(name);
      } finally {
        await Deno.remove(out, { recursive: true });
      }
    }
  }
  return { runs, failures };
}

function checkStatistics(ours: string | undefined, theirs: string): void {
  const comparison = compareStatistics(ours ?? "", theirs);
  if ("difference" in comparison) throw new RangeError(comparison.difference);
}
